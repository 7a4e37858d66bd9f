import { type Host, HostError } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import { wordsOfProgram } from '../core/shown.ts';
import { durationSeconds } from '../core/units.ts';
import { placesFor } from '../environments/places.ts';
import { graphOf } from '../graph/graph.ts';
import { type SecretGraph, secretId } from '../graph/secret-graph.ts';
import type { ObjectField } from '../kinds/kind.ts';
import { type Aws, AwsRefusal, awsClient, unlessRefused } from '../params/aws.ts';
import { remoteEntries } from '../params/entries.ts';
import { isAskable } from '../params/entry.ts';
import type { LookedUp } from '../params/look-up.ts';
import { byPlace, inOwnAccount, lookUpSome, placeId, placeOf } from '../params/look-up.ts';
import type { Formats } from '../report/finding.ts';
import {
  firstOf,
  flatObject,
  flatPlace,
  jsonText,
  nameText,
  oneLine,
  placeText,
  shown,
  shownObject,
} from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { type CommandInput, manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, withFlags, wrongForm, wrongUsage } from '../shell/flags.ts';
import { isAllSeen, notSeen, printFindings, printReport } from '../shell/print.ts';
import { type ManifestSet, objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import { type FieldPlace, shownField } from '../world/places.ts';
import type { Diagnosis, Link, SecretHealth } from './diagnosis.ts';
import { healthOf, isBefore, stuckLink } from './diagnosis.ts';
import { clusterReads, type Dump, type ExpectedSecret, expectedSecrets } from './dump.ts';
import { dumpFrom, type LookFlags, withCluster } from './read-cluster.ts';
import { commandsFor, type Examined } from './verdict.ts';

export const doctorCommand: CommandLine<DoctorFlags> = {
  name: 'doctor',
  description: 'find where each Secret gets stuck in a cluster, by asking kubectl',
  examples: [
    ['doctor -e prod', 'the cluster of the current context'],
    ['doctor -e prod --context prod-eu', 'another cluster'],
    ['doctor --from dump -e prod', 'what `kubectl get … -o json` wrote into dump/'],
  ],
  define: (command, run) => {
    command
      .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlay')
      .option('--context <name>', 'the context of kubectl')
      .option('--kubeconfig <file>', 'the kubeconfig of kubectl')
      .option('--from <folder>', 'a folder with output of `kubectl get … -o json`, as a cluster')
      .option('-e, --environment <name>', 'the overlay that the cluster has');
    withFlags(command, 'namespace')
      .option('--watch', 'look again until all is well')
      .option('--timeout <duration>', 'how long to watch', '10m')
      .option('--aws', 'also ask AWS which entries exist, without their values')
      .option('--profile <name>', 'a profile of AWS, for --aws');
    withFlags(command, 'root', 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

const doctorFormats: Formats<DoctorReport> = { text: renderDoctorText, json: renderDoctorJson };

export const doctor: Action<DoctorFlags> = { run: runDoctor, formats: doctorFormats };

async function runDoctor(options: DoctorFlags & CommonOptions, host: Host): Promise<number> {
  const seconds = secondsOf(options);
  const files = dumpFrom(options, host);
  const manifests = await clusterManifests(options, host);
  if (typeof manifests === 'number') return manifests;
  // AWS is asked once: External Secrets sees what is put while we watch.
  const aws = options.aws ? awsClient(options.profile, host) : undefined;
  const sets: Joined[] = [];
  for (const set of manifests.sets.map(joinedSet))
    sets.push({ ...set, found: aws && (await askAws(set.graph, aws)) });
  const commands = commandsFor(options, manifests.sets);
  const diagnosed = (dump: Dump) => ({
    dump,
    diagnoses: sets.map(({ environment, secrets, graph, found }) => ({
      environment,
      newest: dump.newest,
      secrets: secrets.map(secret => healthOf({ secret, graph, found, dump, commands })),
    })),
  });
  const reads = sets.flatMap(({ graph, secrets }) => clusterReads(graph, secrets));
  const { dump, diagnoses } =
    files === undefined
      ? await withCluster(options, reads, host, look =>
          watched(async () => diagnosed(await look()), seconds, host),
        )
      : diagnosed(files);
  const report = { diagnoses, placeOf: placesFor(manifests.sets, host, manifests.read) };
  const isAllRead = printWithUnread(doctorFormats, options.format, report, manifests, host);
  host.stderr(healthSummary(diagnoses));
  const isWell = options.watch ? isSettled(diagnoses) : !statesOf(diagnoses).includes('broken');
  return exitCodeFor(isWell && isAllRead, [dump]);
}

type Diagnosed = { readonly dump: Dump; readonly diagnoses: readonly Diagnosis[] };

/** Looks until all is settled, or for so many seconds; prints the summary whenever it changes. */
async function watched(look: () => Promise<Diagnosed>, seconds: number, host: Host) {
  const end = host.now() + seconds * 1000;
  for (let printed = ''; ; ) {
    // A cluster that does not answer may be in the middle of an upgrade.
    const found = await look().catch(error => {
      if (error instanceof HostError && end > host.now()) return error;
      throw error;
    });
    const left = end - host.now();
    if (found instanceof HostError) host.stderr(`rem-secrets: ${found.message}\n`);
    else if (seconds === 0 || isSettled(found.diagnoses) || left <= 0) return found;
    else if (healthSummary(found.diagnoses) !== printed) {
      printed = healthSummary(found.diagnoses);
      host.stderr(printed);
    }
    await host.wait(Math.min(5000, left));
  }
}

/** For how many seconds to watch until all is well; without --watch the cluster is read once. */
function secondsOf({ watch, timeout, from }: DoctorFlags): number {
  const seconds = durationSeconds(timeout) ?? 0;
  if (seconds <= 0) wrongForm(timeout, 'a duration such as 90s or 10m', '--timeout');
  if (watch !== true) return 0;
  return from === undefined ? seconds : wrongUsage('a dump does not change: --watch needs kubectl');
}

/** Findings first decide the exit code, then lists and files of a dump that could not be read. */
export function exitCodeFor(isWell: boolean, dumps: readonly Dump[]): number {
  if (!isWell) return exitCodes.findings;
  return dumps.some(({ isCut }) => isCut) ? exitCodes.usage : exitCodes.ok;
}

export interface Joined extends Pick<Examined, 'graph' | 'found'> {
  /** Empty if the manifests are not of a spec. */
  readonly environment: string;
  readonly secrets: readonly ExpectedSecret[];
}

export function joinedSet(set: ManifestSet): Joined {
  const environment = set.unit?.name ?? '';
  const graph = graphOf(objectsOf(set));
  return { environment, graph, secrets: expectedSecrets(graph, new Set(shownObjects(set))) };
}

/** What AWS says of the entries that a graph reads, by their metadata; undefined: it was not asked of an entry. */
async function askAws(graph: SecretGraph, aws: Aws): Promise<LookedUp['found']> {
  const askable = remoteEntries(graph, new Set(graph.objects)).filter(isAskable);
  const byId = new Map<string, LookedUp['found']>();
  for (const { place, entries } of byPlace(askable, aws.host)) {
    const looked = await unlessRefused(lookUpSome(entries, aws), 'isDenied');
    const isRefused = looked instanceof AwsRefusal;
    byId.set(placeId(place), isRefused ? () => ({ unknown: looked.message }) : looked.found);
  }
  const found: LookedUp['found'] = entry =>
    isAskable(entry) ? byId.get(placeId(placeOf(entry, aws.host)))?.(entry) : undefined;
  return inOwnAccount(askable, { found, listed: () => undefined }).found;
}

function statesOf(diagnoses: readonly Diagnosis[]) {
  return diagnoses.flatMap(({ secrets }) =>
    secrets.map(health => stuckLink(health)?.state ?? 'ok'),
  );
}

/** Whether nothing is broken, and nothing that is unknown now will be known in a while. */
function isSettled(diagnoses: readonly Diagnosis[]): boolean {
  const links = diagnoses.flatMap(({ secrets }) => secrets.flatMap(health => [...health.links]));
  return links.every(({ state, isPending }) => state !== 'broken' && isPending !== true);
}

function healthSummary(diagnoses: readonly Diagnosis[]): string {
  const states = statesOf(diagnoses);
  const [well, broken, unknown] = ['ok', 'broken', 'unknown'].map(
    state => states.filter(found => found === state).length,
  );
  return `rem-secrets: Secrets: ${well} well, ${broken} broken, ${unknown} not known\n`;
}

export interface DoctorFlags extends ManifestFlags, LookFlags {
  readonly watch?: boolean;
  readonly timeout: string;
  readonly aws?: boolean;
  readonly profile?: string;
}

async function clusterManifests(options: ManifestFlags & CommonOptions, host: Host) {
  const manifests = await manifestsAt(options, host);
  if (typeof manifests === 'number' || options.paths.length > 0 || manifests.sets.length <= 1)
    return manifests;
  // One cluster is examined, and what only other environments have is not missing there.
  const names = manifests.sets.flatMap(({ unit }) => unit?.name ?? []).join(', ');
  return wrongUsage(`name the environment that the cluster has with -e: ${names}`);
}

/** Prints a report, and what of the manifests is not read. Returns whether all of them are read. */
export function printWithUnread<Report>(
  formats: Formats<Report>,
  format: string,
  report: Report,
  { sets }: CommandInput,
  host: Host,
): boolean {
  printReport(formats, format, report, host);
  const unread = notSeen(sets.flatMap(shownSources));
  printFindings(unread, { format: 'text' }, host);
  return isAllSeen(unread);
}

type DoctorReport = { readonly diagnoses: readonly Diagnosis[]; readonly placeOf: FieldPlace };

function renderDoctorJson({ diagnoses, placeOf }: DoctorReport): string {
  return jsonText({
    diagnoses: diagnoses.map(({ environment, newest, secrets }) => ({
      environment: environment === '' ? null : shown(environment),
      newest: newest ?? null,
      secrets: secrets.map(health => ({
        namespace: health.namespace === '' ? null : shown(health.namespace),
        name: shown(health.name),
        state: stuckLink(health)?.state ?? 'ok',
        links: health.links.map(checked => {
          const { link, state, evidence, ...more } = shownLink(checked, placeOf);
          const { message = null, by = null, command = null } = more;
          const facts = evidence.map(({ kind, text, age = null }) => ({ kind, text, age }));
          return { link, state, by, message, ...flatField(more), evidence: facts, command };
        }),
      })),
    })),
  });
}

/** For people: the first link at which each Secret is stuck; what several are stuck at, such as a store, once, where it begins. */
function renderDoctorText({ diagnoses, placeOf }: DoctorReport): string {
  return diagnoses
    .flatMap(({ secrets }) => {
      const stuck = secrets.flatMap((health): Stuck[] => {
        const link = stuckLink(health);
        return link === undefined ? [] : [{ health, at: shownLink(link, placeOf) }];
      });
      const causeOf = ({ at: { state, message, evidence } }: Stuck): string =>
        JSON.stringify([state, message, evidence]);
      const originOf = originsOf(stuck);
      return [...groupBy(stuck, secret => causeOf(originOf(secret)))].flatMap(([cause, all]) => {
        const withCause = all.filter(secret => causeOf(secret) === cause);
        const first = withCause.reduce(
          (a, b) => (isBefore(b.at.link, a.at.link) ? b : a),
          withCause[0] ?? all[0],
        );
        return linesOf([first, ...all.filter(secret => secret !== first)]);
      });
    })
    .map(line => `${oneLine(line)}\n`)
    .join('');
}

type Stuck = { readonly health: SecretHealth; readonly at: ShownLink };

/** The Secret at which the cause is reported: one that a stuck Secret needs, if that is itself not complete. */
function originsOf(all: readonly Stuck[]): (stuck: Stuck) => Stuck {
  const byId = new Map(
    all.map(stuck => [secretId(stuck.health.namespace, stuck.health.name), stuck]),
  );
  const isMissing = ({ at: { link, state } }: Stuck): boolean =>
    state === 'broken' && isBefore(link, 'pods');
  return stuck => {
    let origin = stuck;
    for (const visited = new Set<Stuck>(); !visited.has(origin); ) {
      visited.add(origin);
      origin = origin.health.needs.flatMap(id => byId.get(id) ?? []).find(isMissing) ?? origin;
    }
    return origin;
  };
}

function linesOf([{ health, at }, ...more]: readonly [Stuck, ...Stuck[]]): string[] {
  const { link, state, message = '', evidence, command } = at;
  const words = state === 'unknown' ? `unknown, because ${message}` : message;
  const names = more.map(stuck => shown(nameText(stuck.health)));
  const linksThat = (name: string, wanted: ShownLink['state']): string[] => {
    const links = health.links.filter(found => found.state === wanted).map(found => found.link);
    return links.length === 0 ? [] : [`  ${name}: ${links.join(', ')}`];
  };
  return [
    `${placePrefix(at)}Secret ${shown(nameText(health))}: ${words} [${link}]`,
    ...evidence.map(
      ({ kind, text, age }) => `  ${kind}${age === undefined ? '' : ` (${age})`}: ${text}`,
    ),
    ...(command === undefined ? [] : [`  run: ${command}`]),
    ...(more.length === 0 ? [] : [`  the same keeps back: ${firstOf(names, 20)}`]),
    ...(state === 'unknown' ? [] : linksThat('not known', 'unknown')),
    ...linksThat(`blocked by ${link}`, 'blocked'),
  ];
}

type ShownLink = Omit<Link, 'cause'> & Partial<ShownPlace>;

function shownLink({ cause, message, evidence, ...link }: Link, placeOf: FieldPlace): ShownLink {
  return {
    ...link,
    ...(message !== undefined && { message: shownWords(message) }),
    evidence: evidence.map(fact => ({ ...fact, text: shownWords(fact.text) })),
    ...(cause && shownPlace(cause, placeOf)),
  };
}

/** A message of the cluster, in which its writer may have quoted a value. */
function shownWords(text: string): string {
  return oneLine(wordsOfProgram(text));
}

export type ShownPlace = ReturnType<typeof shownField>;

export function shownPlace(place: ObjectField, placeOf: FieldPlace): ShownPlace {
  const { object, field, ...at } = shownField(place, placeOf);
  return { object: shownObject(object), field: shown(field), ...at };
}

/** The place in JSON, where every field is present. */
export function flatField({ object, field, at }: Partial<ShownPlace>): object {
  return { ...flatObject(object), field: field ?? null, ...flatPlace(at) };
}

/** The start of a line about a known place: `base/api.yaml:3:5: `. */
export function placePrefix({ at }: Partial<ShownPlace>): string {
  return at === undefined ? '' : `${placeText(at)}: `;
}
