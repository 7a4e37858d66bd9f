import { graphOf } from '../../graph/graph-of.ts';
import type { Host } from '../../ground/host.ts';
import { commandsFor } from '../../operate/doctor/commands.ts';
import { type Diagnosis, diagnose, tellingLink } from '../../operate/doctor/diagnosis.ts';
import type { Dump } from '../../operate/doctor/dump.ts';
import { ENABLE_EXEC, ENABLE_REMOTE, ROOT } from '../../read/kustomize/allowed.ts';
import { placesFor } from '../../read/places/places-for.ts';
import { objectsOf, shownItems, shownSources } from '../../read/sets/manifest-set.ts';
import { rendered } from '../../report/format.ts';
import { doctorFormats } from '../../report/formats.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { appliedFrom, type DoctorFlags, type LookedAt, lookedAt } from '../doctor/looked-at.ts';
import { readDump } from '../doctor/read-dump.ts';
import { exitCodes } from '../exit-codes.ts';
import { printFindings } from '../read-spec.ts';
import { shownOn } from '../shown-on.ts';

type DoctorOptions = DoctorFlags & CommonOptions;

export const doctorCommand: CommandLine<DoctorFlags> = {
  name: 'doctor',
  description: 'tell where each Secret gets stuck, from what kubectl wrote of a cluster',
  examples: [['doctor --from dump -e prod', 'what `kubectl get … -o json` wrote into dump/']],
  define: (command, run) =>
    command
      .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlay')
      .requiredOption('--from <folder>', 'with what `kubectl get … -o json` wrote')
      .option('-e, --environment <name>', 'the overlay that the cluster has')
      .option('-n, --namespace <namespace>', 'the namespace of objects that name none', '')
      .option(...ROOT)
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

export const doctor: Action<DoctorFlags> = { run: runDoctor, formats: doctorFormats };

function runDoctor(options: DoctorOptions, host: Host): number {
  const dump = readDump(options.from, host);
  const looked = lookedAt(options, host);
  if (typeof looked === 'number') return looked;
  const { sets, read } = looked;
  const diagnoses = diagnosesOf(looked, options, dump);
  const report = { diagnoses, placeOf: placesFor(sets, host, read) };
  host.stdout(rendered(doctorFormats, options.format, report, shownOn(host)));
  const sources = [...new Set(sets.flatMap(shownSources))];
  const unread = sources.flatMap(source => [...(source.unread ?? []), ...source.findings]);
  printFindings(unread, { file: options.file, format: 'text' }, host);
  host.stderr(summaryOf(diagnoses));
  const isWell = count(diagnoses, 'broken') === 0;
  const isWhole = unread.every(({ severity }) => severity === 'warning');
  return isWell && isWhole ? exitCodes.ok : exitCodes.findings;
}

function diagnosesOf({ sets }: LookedAt, options: DoctorOptions, dump: Dump): Diagnosis[] {
  const { environment, paths } = options;
  const commands = commandsFor({ environment, paths, applied: appliedFrom(sets) });
  return sets.map(set => ({
    environment: set.target?.name ?? '',
    newest: dump.newest,
    secrets: diagnose(graphOf(objectsOf(set)), new Set(shownItems(set)), dump, commands),
  }));
}

function count(diagnoses: readonly Diagnosis[], state: 'broken' | 'unknown' | 'ok'): number {
  return diagnoses
    .flatMap(({ secrets }) => [...secrets])
    .filter(health => (tellingLink(health)?.verdict.state ?? 'ok') === state).length;
}

function summaryOf(diagnoses: readonly Diagnosis[]): string {
  const [well, broken, unknown] = (['ok', 'broken', 'unknown'] as const).map(state =>
    count(diagnoses, state),
  );
  return `rem-secrets: Secrets: ${well} well, ${broken} broken, ${unknown} not known\n`;
}
