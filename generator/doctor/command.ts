import type { Host } from '../core/host.ts';
import { durationSeconds } from '../core/units.ts';
import { placesFor } from '../environments/places.ts';
import { awsClient } from '../params/aws.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import type { CommandInput } from '../shell/command-input.ts';
import { NAMESPACE, wrongForm, wrongUsage } from '../shell/flags.ts';
import { ENABLE_EXEC, ENABLE_REMOTE, ROOT } from '../world/programs.ts';
import {
  appliedFrom,
  askedOfAws,
  type DoctorFlags,
  diagnosesOf,
  healthCount,
  healthSummary,
  isSettled,
  type Joined,
  joinedSet,
  lookedAt,
  printWithUnread,
} from './diagnoses.ts';
import type { Diagnosis } from './diagnosis.ts';
import { clusterReads, type Dump } from './dump.ts';
import { commandsFor } from './expected-secrets.ts';
import { doctorFormats } from './formats.ts';
import { dumpFrom, lookUntil, withCluster } from './read-cluster.ts';

type DoctorOptions = DoctorFlags & CommonOptions;

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
      .option('--context <name>', 'the context of kubectl')
      .option('--kubeconfig <file>', 'the kubeconfig of kubectl')
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

interface Diagnosed {
  readonly dump: Dump;
  readonly diagnoses: readonly Diagnosis[];
}

async function runDoctor(options: DoctorOptions, host: Host): Promise<number> {
  const seconds = secondsOf(options);
  const files = dumpFrom(options, host);
  const looked = await lookedAt(options, host);
  if (typeof looked === 'number') return looked;
  const joined = looked.sets.map(joinedSet);
  const commands = commandsFor({ ...options, applied: appliedFrom(looked.sets) });
  const diagnosed = (dump: Dump, sets: readonly Joined[]): Diagnosed => ({
    dump,
    diagnoses: diagnosesOf(sets, dump, commands),
  });
  if (files !== undefined && options.aws !== true)
    return tell(looked, diagnosed(files, joined), options, host);
  const look = async (): Promise<Diagnosed> => {
    // AWS is asked once: External Secrets sees what is put while we watch.
    const sets =
      options.aws === true
        ? await askedOfAws(joined, awsClient(options.profile, host), host)
        : joined;
    if (files !== undefined) return diagnosed(files, sets);
    const reads = sets.flatMap(({ graph, objects }) => clusterReads(graph, objects));
    const watch = {
      isDone: ({ diagnoses }: Diagnosed) => seconds === 0 || isSettled(diagnoses),
      summary: ({ diagnoses }: Diagnosed) => healthSummary(diagnoses),
    };
    return withCluster(options, reads, host, read =>
      lookUntil(async () => diagnosed(await read(), sets), watch, seconds, host),
    );
  };
  return look().then(found => tell(looked, found, options, host));
}

/** How long it may take until all is well; without --watch one look is enough. */
function secondsOf({ watch, timeout, from }: DoctorOptions): number {
  const seconds = durationSeconds(timeout) ?? 0;
  if (seconds <= 0) wrongForm(timeout, 'a duration such as 90s or 10m', '--timeout');
  if (watch !== true) return 0;
  return from === undefined ? seconds : wrongUsage('a dump does not change: --watch needs kubectl');
}

function tell(
  looked: CommandInput,
  { dump, diagnoses }: Diagnosed,
  { watch, format }: DoctorOptions,
  host: Host,
): number {
  const report = { diagnoses, placeOf: placesFor(looked.sets, host, looked.read) };
  const isAllRead = printWithUnread(doctorFormats, format, report, looked, host);
  host.stderr(healthSummary(diagnoses));
  const isWell = watch === true ? isSettled(diagnoses) : healthCount(diagnoses, 'broken') === 0;
  if (!isWell || !isAllRead) return exitCodes.findings;
  return dump.isCut ? exitCodes.usage : exitCodes.ok;
}
