import type { Host } from '../core/host.ts';
import { placesFor } from '../environments/places.ts';
import {
  type Action,
  type CommandLine,
  type CommonOptions,
  type ExitCode,
  exitCodes,
  type ManifestFlags,
} from '../shell/command.ts';
import { type LookedAt, manifestsAt } from '../shell/manifest-sets.ts';
import { isAllSeen, notSeen, printFindings, printReport } from '../shell/print.ts';
import { clusterOf } from '../spec/shared-clusters.ts';
import { shownSources } from '../world/object-set.ts';
import { ENABLE_EXEC, ENABLE_REMOTE, ROOT } from '../world/programs.ts';
import {
  appliedFrom,
  expectOneCluster,
  type Joined,
  joinedSet,
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

function runStatus(options: StatusOptions, host: Host): ExitCode {
  const looked = manifestsAt(options, host);
  if (typeof looked === 'number') return looked;
  const joined = looked.sets.map(joinedSet);
  const names = joined.map(({ environment }) => environment);
  const spec = looked.read?.spec;
  expectOneCluster(names, options, name => (spec && clusterOf(spec, name)) ?? name);
  const asked = joined.map(one => ({ one, source: sourceOf(one.environment, options, names) }));
  const see = (one: Joined, dump: Dump): EnvironmentStatus => {
    const { environment, own, graph } = one;
    const commands = commandsFor({ environment, paths: [], applied: appliedFrom(looked.sets) });
    return statusOf(environment, own, { graph, dump, commands });
  };
  const dumps = asked.map(({ source }) => dumpFrom(source, host));
  const later = async (): Promise<number> => {
    const seen: EnvironmentStatus[] = [];
    for (const [index, { one, source }] of asked.entries()) {
      const dump = dumps[index];
      const reads = clusterReads(one.graph, one.own);
      seen.push(see(one, dump ?? (await withCluster(source, reads, host, look => look()))));
    }
    return tell(looked, seen, options, host);
  };
  const known = asked.flatMap(({ one }, index) => {
    const dump = dumps[index];
    return dump === undefined ? [] : [see(one, dump)];
  });
  return known.length === asked.length ? tell(looked, known, options, host) : later();
}

function tell(
  { sets, read }: LookedAt,
  environments: readonly EnvironmentStatus[],
  options: StatusOptions,
  host: Host,
): number {
  const report = { environments, placeOf: placesFor(sets, host, read) };
  printReport(statusFormats, options.format, report, host);
  const unread = notSeen(sets.flatMap(shownSources));
  printFindings(unread, { format: 'text' }, host);
  const all = environments.flatMap(({ secrets }) =>
    secrets.map(secret => shownStatus(secret, report.placeOf)),
  );
  const isWell = all.every(
    ({ state, spec }) => state !== 'broken' && spec !== 'drifted' && spec !== 'missing',
  );
  return isWell && isAllSeen(unread) ? exitCodes.ok : exitCodes.findings;
}
