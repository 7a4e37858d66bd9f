import type { Host } from '../core/host.ts';
import { durationSeconds } from '../core/units.ts';
import { placesFor } from '../environments/places.ts';
import { awsClient } from '../params/aws.ts';
import {
  type Action,
  type CommandLine,
  type CommonOptions,
  type ExitCode,
  exitCodes,
} from '../shell/command.ts';
import type { CommandInput } from '../shell/command-input.ts';
import { NAMESPACE, wrongForm, wrongUsage } from '../shell/flags.ts';
import { isAllSeen, notSeen, printFindings, printReport } from '../shell/print.ts';
import { shownSources } from '../world/object-set.ts';
import { ENABLE_EXEC, ENABLE_REMOTE, ROOT } from '../world/programs.ts';
import {
  appliedFrom,
  askOfAll,
  type DoctorFlags,
  diagnosesOf,
  healthCount,
  healthSummary,
  isSettled,
  type Joined,
  joinedSet,
  lookedAt,
} from './diagnoses.ts';
import type { Diagnosis } from './diagnosis.ts';
import { clusterReads, type Dump } from './dump.ts';
import { commandsFor } from './expected-secrets.ts';
import { doctorFormats } from './formats.ts';
import { dumpFrom, lookUntil, withCluster } from './read-cluster.ts';

type DoctorOptions = DoctorFlags & CommonOptions;

const CONTEXT = ['--context <name>', 'the context of kubectl'] as const;
const KUBECONFIG = ['--kubeconfig <file>', 'the kubeconfig of kubectl'] as const;

export const doctorCommand: CommandLine<DoctorFlags> = {
  name: 'doctor',
  description: 'tell where each Secret gets stuck in a cluster, which is asked through kubectl',
  examples: [
    ['doctor -e prod', 'of the cluster that kubectl is set to'],
    ['doctor -e prod --context prod-eu', 'of another one'],
    ['doctor --from dump -e prod', 'what `kubectl get … -o json` wrote into dump/'],
  ],
  define: (command, run) =>
    command
      .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlay')
      .option(...CONTEXT)
      .option(...KUBECONFIG)
      .option('--from <folder>', 'with what `kubectl get … -o json` wrote, instead of a cluster')
      .option('-e, --environment <name>', 'the overlay that the cluster has')
      .option(...NAMESPACE, '')
      .option('--watch', 'look again until all is well')
      .option('--timeout <duration>', 'how long to watch', '10m')
      .option('--aws', 'ask AWS too which entries there are, without their values')
      .option('--profile <name>', 'a profile of AWS, for --aws')
      .option(...ROOT)
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

export const doctor: Action<DoctorFlags> = { run: runDoctor, formats: doctorFormats };

function runDoctor(options: DoctorOptions, host: Host): ExitCode {
  const seconds = secondsOf(options);
  const dump = dumpFrom(options, host);
  const looked = lookedAt(options, host);
  if (typeof looked === 'number') return looked;
  const joined = looked.sets.map(joinedSet);
  const commands = commandsFor({ ...options, applied: appliedFrom(looked.sets) });
  const see = (seen: Dump): Seen => ({
    dump: seen,
    diagnoses: diagnosesOf(joined, seen, commands),
  });
  if (dump !== undefined && options.aws !== true) return tell(looked, see(dump), options, host);
  return later(looked, joined, { dump, see, seconds }, options, host);
}

/** What a look at the cluster gave. */
interface Seen {
  readonly dump: Dump;
  readonly diagnoses: readonly Diagnosis[];
}

/** AWS is asked once: what is put meanwhile is seen by External Secrets. */
async function later(
  looked: CommandInput,
  joined: readonly Joined[],
  {
    dump,
    see,
    seconds,
  }: {
    readonly dump: Dump | undefined;
    readonly see: (dump: Dump) => Seen;
    readonly seconds: number;
  },
  options: DoctorOptions,
  host: Host,
): Promise<number> {
  if (options.aws === true) await askOfAll(joined, awsClient(options.profile, host), host);
  if (dump !== undefined) return tell(looked, see(dump), options, host);
  const reads = joined.flatMap(({ graph, own }) => clusterReads(graph, own));
  const seen = await withCluster(options, reads, host, look =>
    lookUntil(
      async () => see(await look()),
      {
        isDone: ({ diagnoses }) => seconds === 0 || isSettled(diagnoses),
        summary: ({ diagnoses }) => healthSummary(diagnoses),
      },
      seconds,
      host,
    ),
  );
  return tell(looked, seen, options, host);
}

/** How long it may take until all is well; without --watch one look is enough. */
function secondsOf({ watch, timeout, from }: DoctorOptions): number {
  const seconds = durationSeconds(timeout) ?? 0;
  if (seconds <= 0) wrongForm(timeout, 'a duration such as 90s or 10m', '--timeout');
  if (watch !== true) return 0;
  return from === undefined ? seconds : wrongUsage('a dump does not change: --watch needs kubectl');
}

function tell(
  { sets, read }: CommandInput,
  { dump, diagnoses }: Seen,
  options: DoctorOptions,
  host: Host,
): number {
  const report = { diagnoses, placeOf: placesFor(sets, host, read) };
  printReport(doctorFormats, options.format, report, host);
  const unread = notSeen(sets.flatMap(shownSources));
  printFindings(unread, { format: 'text' }, host);
  host.stderr(healthSummary(diagnoses));
  const isWell =
    options.watch === true ? isSettled(diagnoses) : healthCount(diagnoses, 'broken') === 0;
  if (!isWell || !isAllSeen(unread)) return exitCodes.findings;
  return dump.isCut ? exitCodes.usage : exitCodes.ok;
}
