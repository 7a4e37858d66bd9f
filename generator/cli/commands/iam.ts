import { andThen, type Fault, ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { unknownEnvironment } from '../../make/model/target-names.ts';
import { defaultSettings } from '../../operate/iam/settings.ts';
import { type SpecCluster, specClusters } from '../../operate/iam/spec-settings.ts';
import { ENABLE_EXEC, ENABLE_REMOTE } from '../../read/kustomize/allowed.ts';
import { setsOfPaths } from '../../read/sets/path-sets.ts';
import { setsOfSpec } from '../../read/sets/spec-sets.ts';
import { iamFormats } from '../../report/formats.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { accountFlag, keyFlag, textFlag } from '../iam/flag-forms.ts';
import { type IamFlags, withFlags } from '../iam/iam-flags.ts';
import { printPlans } from '../iam/print-plans.ts';
import { withSpec } from '../read-spec.ts';
import { expectPaths } from '../usage.ts';

type IamOptions = IamFlags & CommonOptions;

export const iamCommand: CommandLine<IamFlags> = {
  name: 'iam',
  description: 'print the roles and policies of AWS that External Secrets needs',
  define: (command, run) =>
    command
      .argument(
        '[path...]',
        'files, folders, kustomizations, or - for stdin; default: the overlays',
      )
      .option('-e, --environment <name>', 'one environment only, or the cluster that it shares')
      .option('-n, --namespace <namespace>', 'the namespace of objects that name none', '')
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
  expectPaths(options.paths, host);
  return options.paths.length > 0 ? iamOfPaths(options, host) : iamOfSpec(options, host);
}

/** All that is named is of one cluster, whether kustomize builds it or not. */
function iamOfPaths(options: IamOptions, host: Host): number {
  const sets = setsOfPaths({ ...options, allowed: options, isAlone: true }, host);
  const settings = withFlags(defaultSettings(options.prefix ?? 'rem-secrets'), options);
  return printPlans([{ name: 'manifests', sets, settings }], () => true, options, host);
}

function iamOfSpec(options: IamOptions, host: Host): number {
  const { file, environment } = options;
  return withSpec({ file, format: 'text' }, host, read =>
    andThen(specClusters(read.spec), clusters =>
      andThen(setsOfSpec(read.spec, { file, allowed: options }, host), sets => {
        const isWanted = ({ name, environments }: SpecCluster): boolean =>
          environment === undefined || name === environment || environments.includes(environment);
        const wanted = clusters.filter(isWanted).map(({ name }) => name);
        if (wanted.length === 0) return { faults: [unknown(environment, clusters)] };
        const all = clusters.map(cluster => ({
          name: cluster.name,
          sets: sets.filter(({ target }) => isOf(cluster, target?.name)),
          settings: withFlags(cluster.settings, options),
        }));
        return ok(printPlans(all, ({ name }) => wanted.includes(name), options, host, read));
      }),
    ),
  );
}

function isOf({ name, environments }: SpecCluster, target: string | undefined): boolean {
  return target !== undefined && (target === name || environments.includes(target));
}

function unknown(environment: string | undefined, clusters: readonly SpecCluster[]): Fault {
  const known = clusters.flatMap(({ name, environments }) => [name, ...environments]);
  return unknownEnvironment(environment, [...new Set(known)], ['spec', 'environments']);
}
