import type { Host } from '../../ground/host.ts';
import { clusterOf } from '../../make/spec/cluster-of.ts';
import { clusterReads } from '../../operate/doctor/cluster-reads.ts';
import { commandsFor } from '../../operate/doctor/commands.ts';
import type { Dump } from '../../operate/doctor/dump.ts';
import { type EnvironmentStatus, statusOf } from '../../operate/status.ts';
import { ENABLE_EXEC, ENABLE_REMOTE, ROOT } from '../../read/kustomize/allowed.ts';
import { placesFor } from '../../read/places/places-for.ts';
import { shownSources } from '../../read/sets/manifest-set.ts';
import { statusFormats } from '../../report/status/formats.ts';
import { shownStatus } from '../../report/status/status-report.ts';
import {
  type Action,
  type CommandLine,
  type CommonOptions,
  type ExitCode,
  exitCodes,
} from '../command.ts';
import { dumpFrom, withCluster } from '../doctor/cluster-look.ts';
import { type Joined, joinedSet } from '../doctor/diagnoses.ts';
import { appliedFrom, expectOneCluster, type SourceFlags, sourceOf } from '../doctor/looked-at.ts';
import type { ManifestFlags } from '../manifest-flags.ts';
import { type LookedAt, manifestsAt } from '../manifest-sets.ts';
import { printFindings, printReport } from '../print.ts';
import { isAllSeen, notSeen } from '../unread.ts';

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
