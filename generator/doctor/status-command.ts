import type { Host } from '../core/host.ts';
import { placesFor } from '../environments/places.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { type CommandInput, manifestsAt } from '../shell/command-input.ts';
import type { ManifestFlags } from '../shell/flags.ts';
import { clusterOf } from '../spec/shared-clusters.ts';
import { ENABLE_EXEC, ENABLE_REMOTE, ROOT } from '../world/programs.ts';
import {
  appliedFrom,
  expectOneCluster,
  type Joined,
  joinedSet,
  printWithUnread,
  type SourceFlags,
  sourceOf,
} from './diagnoses.ts';
import { clusterReads, type Dump } from './dump.ts';
import { commandsFor } from './expected-secrets.ts';
import { dumpFrom, withCluster } from './read-cluster.ts';
import { type EnvironmentStatus, shownStatus, statusFormats, statusOf } from './status.ts';

interface StatusFlags extends ManifestFlags, SourceFlags {}

type StatusOptions = StatusFlags & CommonOptions;

export const statusCommand: CommandLine<StatusFlags> = {
  name: 'status',
  description: 'how the Secrets of every environment are in their clusters, on one screen',
  examples: [
    ['status', 'of the cluster that kubectl is set to'],
    ['status --from dump', 'of what `kubectl get … -o json` wrote into dump/'],
  ],
  define: (command, run) =>
    command
      .option('--context <name>', 'the context of kubectl; of one environment: ENV=NAME', collect)
      .option('--kubeconfig <file>', 'the kubeconfig of kubectl')
      .option('--from <folder>', 'a dump instead of a cluster; of one: ENV=FOLDER', collect)
      .option('-e, --environment <name>', 'one environment only')
      .option(...ROOT)
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action(flags => run({ ...flags, paths: [], namespace: '' })),
};

export const status: Action<StatusFlags> = { run: runStatus, formats: statusFormats };

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function runStatus(options: StatusOptions, host: Host): Promise<number> {
  const looked = await manifestsAt(options, host);
  if (typeof looked === 'number') return looked;
  const joined = looked.sets.map(joinedSet);
  const names = joined.map(({ environment }) => environment);
  const spec = looked.read?.spec;
  expectOneCluster(names, options, name => (spec && clusterOf(spec, name)) ?? name);
  const statusIn = ({ environment, objects, graph }: Joined, dump: Dump): EnvironmentStatus => {
    const commands = commandsFor({ environment, paths: [], applied: appliedFrom(looked.sets) });
    return statusOf(environment, objects, { graph, dump, commands });
  };
  const environments = joined
    .map(set => ({ set, source: sourceOf(set.environment, options, names) }))
    .map(({ set, source }) => ({ set, source, dump: dumpFrom(source, host) }));
  const dumped = environments.flatMap(({ set, dump }) => (dump ? [statusIn(set, dump)] : []));
  if (dumped.length === environments.length) return tell(looked, dumped, options, host);
  const look = async (): Promise<number> => {
    const statuses: EnvironmentStatus[] = [];
    for (const { set, source, dump } of environments) {
      const reads = clusterReads(set.graph, set.objects);
      const live = dump ?? (await withCluster(source, reads, host, read => read()));
      statuses.push(statusIn(set, live));
    }
    return tell(looked, statuses, options, host);
  };
  return look();
}

function tell(
  looked: CommandInput,
  environments: readonly EnvironmentStatus[],
  { format }: StatusOptions,
  host: Host,
): number {
  const placeOf = placesFor(looked.sets, host, looked.read);
  const isAllRead = printWithUnread(statusFormats, format, { environments, placeOf }, looked, host);
  const isWell = environments
    .flatMap(({ secrets }) => secrets.map(secret => shownStatus(secret, placeOf)))
    .every(({ state, spec }) => state !== 'broken' && spec !== 'drifted' && spec !== 'missing');
  return isWell && isAllRead ? exitCodes.ok : exitCodes.findings;
}
