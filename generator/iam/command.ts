import type { Host } from '../core/host.ts';
import { placesFor } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import {
  type Action,
  type CommandLine,
  type CommonOptions,
  ENVIRONMENT,
  NAMESPACE,
  PATHS,
} from '../shell/command.ts';
import { type ClusterSets, graphOfSets, withClusters } from '../shell/manifest-sets.ts';
import { printReport, tellUnread } from '../shell/print.ts';
import type { ManifestSet } from '../world/object-set.ts';
import { locateFaults } from '../world/places.ts';
import { ENABLE_EXEC, ENABLE_REMOTE } from '../world/programs.ts';
import { accountFlag, expectStores, type IamFlags, keyFlag, textFlag, withFlags } from './flags.ts';
import { iamFormats } from './formats/formats.ts';
import { clusterPlans } from './plan.ts';

export const iamCommand: CommandLine<IamFlags> = {
  name: 'iam',
  description: 'print the roles and policies of AWS that External Secrets needs',
  examples: [
    ['iam -e prod', 'to read'],
    ['iam -e prod --account 123456789012 -o terraform', 'to apply'],
    ['iam deploy --cluster shop', 'for manifests of anybody'],
  ],
  define: (command, run) =>
    command
      .argument(...PATHS)
      .option(...ENVIRONMENT)
      .option(...NAMESPACE, '')
      .option('--account <number>', 'the AWS account; default: a variable', textFlag('account'))
      .option('--cluster <name>', 'the EKS cluster; default: a variable', textFlag('cluster'))
      .option(
        '--oidc-provider <provider>',
        'of the cluster, for IRSA; default: a variable',
        textFlag('oidcProvider'),
      )
      .addOption(
        command
          .createOption('--trust <way>', "how External Secrets' own account gets its role")
          .choices(['PodIdentity', 'IRSA']),
      )
      .option(
        '--service-account <namespace/name>',
        'the account that External Secrets runs under',
        accountFlag,
      )
      .option(
        '--kms-key <[store=]key>',
        "a customer's key that encrypts what a store holds",
        keyFlag,
      )
      .option(
        '--prefix <name>',
        'what the names of roles and policies begin with',
        textFlag('prefix'),
      )
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

export const iam: Action<IamFlags> = { run: printIam, formats: iamFormats };

/** Prints the roles and policies that External Secrets needs: of the paths, or of every overlay. */
function printIam(options: IamOptions, host: Host): number {
  return withClusters(options, host, (clusters, read) => printPlans(clusters, options, host, read));
}

type IamOptions = IamFlags & CommonOptions;

/** What cannot be read, or be in a policy, is said, and the rest is shown. */
function printPlans(
  clusters: readonly ClusterSets[],
  options: IamOptions,
  host: Host,
  read?: ReadSpec,
): number {
  const sets = clusters.flatMap(cluster => cluster.sets);
  const graphs = clusters.map(({ name, sets: own, settings }) => ({
    name,
    graph: graphOfSets(own),
    settings: withFlags(settings, options),
  }));
  if (isAllRead(sets)) expectStores(options, graphs);
  const planned = clusterPlans(graphs).filter((_, index) => clusters[index]?.isWanted);
  const plans = planned.map(({ plan }) => plan);
  printReport(iamFormats, options.format, plans, host);
  const faults = planned.flatMap(one => one.faults);
  return tellUnread(sets, host, locateFaults(faults, placesFor(sets, host, read)));
}

/** Nothing can be in what was not read. */
function isAllRead(sets: readonly ManifestSet[]): boolean {
  return sets.every(({ sources }) =>
    sources.every(({ findings, unread = [] }) => findings.length + unread.length === 0),
  );
}
