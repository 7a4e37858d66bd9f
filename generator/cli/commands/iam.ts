import { graphOf } from '../../graph/graph-of.ts';
import { andThen, type Fault, type Finding, ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import { unknownEnvironment } from '../../make/model/target-names.ts';
import { type ClusterGraph, clusterPlans } from '../../operate/iam/cluster-plans.ts';
import { defaultSettings, type IamSettings } from '../../operate/iam/settings.ts';
import { type SpecCluster, specClusters } from '../../operate/iam/spec-settings.ts';
import { ENABLE_EXEC, ENABLE_REMOTE } from '../../read/kustomize/allowed.ts';
import { unreadText } from '../../read/kustomize/unread.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import { type ManifestSet, objectsOf } from '../../read/sets/manifest-set.ts';
import { nothingOutside } from '../../read/sets/object-set.ts';
import { sourcesOfPaths } from '../../read/sets/path-sets.ts';
import { setsOfSpec } from '../../read/sets/spec-sets.ts';
import { rendered } from '../../report/format.ts';
import { iamFormats } from '../../report/formats.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { type IamFlags, withFlags } from '../iam/iam-flags.ts';
import { printFindings, withSpec } from '../read-spec.ts';
import { shownOn } from '../shown-on.ts';
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
      .option('--account <number>', 'the AWS account; default: a variable')
      .option('--cluster <name>', 'the EKS cluster; default: a variable')
      .option('--oidc-provider <provider>', 'of the cluster, for IRSA; default: a variable')
      .addOption(
        command
          .createOption('--trust <way>', "how External Secrets' own account gets its role")
          .choices(['PodIdentity', 'IRSA']),
      )
      .option('--service-account <namespace/name>', 'the account that External Secrets runs under')
      .option('--kms-key <[store=]key>', "a customer's key that encrypts what a store holds", added)
      .option('--prefix <name>', 'what the names of roles and policies begin with')
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

/** An option that may come several times. */
function added(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export const iam: Action<IamFlags> = { run: printIam, formats: iamFormats };

/** The manifests of one cluster, with what they do not say. */
interface ClusterSets {
  readonly name: string;
  readonly sets: readonly ManifestSet[];
  readonly settings: IamSettings;
}

/** Prints the roles and policies that External Secrets needs: of the paths, or of every overlay. */
function printIam(options: IamOptions, host: Host): number {
  expectPaths(options.paths, host);
  return options.paths.length > 0 ? iamOfPaths(options, host) : iamOfSpec(options, host);
}

/** All that is named is of one cluster, whether kustomize builds it or not. */
function iamOfPaths(options: IamOptions, host: Host): number {
  const sources = sourcesOfPaths({ ...options, allowed: options }, host);
  const sets = [{ sources, context: [], outside: nothingOutside }];
  const settings = withFlags(defaultSettings(options.prefix ?? 'rem-secrets'), options);
  return print([{ name: 'manifests', sets, settings }], () => true, options, host);
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
        return ok(print(all, ({ name }) => wanted.includes(name), options, host, read));
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

/** What cannot be read, or be in a policy, is said, and the rest is shown. */
function print(
  clusters: readonly ClusterSets[],
  isWanted: (cluster: ClusterSets) => boolean,
  options: IamOptions,
  host: Host,
  read?: ReadSpec,
): number {
  const sets = clusters.flatMap(cluster => cluster.sets);
  const planned = clusterPlans(clusters.map(graphOfCluster)).filter((_, index) => {
    const cluster = clusters[index];
    return cluster !== undefined && isWanted(cluster);
  });
  const plans = planned.map(({ plan }) => plan);
  host.stdout(rendered(iamFormats, options.format, plans, shownOn(host)));
  const faults = planned.flatMap(one => one.faults);
  return tell(sets, locateFindings(faults, placesFor(sets, host, read)), options, host);
}

function graphOfCluster({ name, sets, settings }: ClusterSets): ClusterGraph {
  const objects = sets.map(objectsOf);
  const graph = graphOf({
    items: objects.flatMap(({ items }) => [...items]),
    context: [],
    outside: nothingOutside,
  });
  return { name, graph, settings };
}

function tell(
  sets: readonly ManifestSet[],
  faults: readonly Finding[],
  { file }: IamOptions,
  host: Host,
): number {
  const sources = new Set(sets.flatMap(set => [...set.sources]));
  const broken = [...sources].flatMap(({ findings }) => [...findings]);
  const unread = [...sources].flatMap(source => [...(source.unread ?? [])]);
  printFindings([...unread, ...broken, ...faults], { file, format: 'text' }, host);
  if (unread.length > 0) host.stderr(`rem-secrets: not in it: ${unreadText(unread.length)}\n`);
  const isWhole = [...broken, ...faults].every(({ severity }) => severity === 'warning');
  return isWhole ? exitCodes.ok : exitCodes.findings;
}
