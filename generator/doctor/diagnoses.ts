import { dirname } from 'node:path';
import type { Host } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import { graphOf } from '../graph/graph.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { AwsRefusal, type CallAws } from '../params/aws.ts';
import { remoteEntries } from '../params/entries.ts';
import { askedName, cannotBeAsked, type RemoteEntry } from '../params/entry.ts';
import { type FoundAt, foundOf, inOwnAccount, placeId } from '../params/facts.ts';
import { lookUpSome, placeOf } from '../params/look-up.ts';
import type { Formats } from '../report/format.ts';
import type { CommonOptions } from '../shell/command.ts';
import { type CommandInput, manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { isAllSeen, notSeen, printFindings, printReport } from '../shell/print.ts';
import { type ManifestSet, objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import { type Diagnosis, diagnose, type SecretHealth, tellingLink } from './diagnosis.ts';
import type { Dump } from './dump.ts';
import type { Commands } from './expected-secrets.ts';
import type { LookFlags } from './read-cluster.ts';
import type { Examined } from './verdict.ts';

/** The manifests of an environment, joined. */
export interface Joined extends Pick<Examined, 'graph' | 'found'> {
  /** Empty where the manifests were named one by one. */
  readonly environment: string;
  /** The objects that are looked for in the cluster. */
  readonly objects: ReadonlySet<PlacedObject>;
}

export function joinedSet(set: ManifestSet): Joined {
  const environment = set.unit?.name ?? '';
  return { environment, graph: graphOf(objectsOf(set)), objects: new Set(shownObjects(set)) };
}

/** The same with what AWS says of the entries of each. */
export async function askedOfAws(
  joined: readonly Joined[],
  call: CallAws,
  host: Host,
): Promise<Joined[]> {
  const answered: Joined[] = [];
  for (const set of joined) answered.push({ ...set, found: await askAws(set.graph, call, host) });
  return answered;
}

/** How the Secrets of each environment are. */
export function diagnosesOf(
  joined: readonly Joined[],
  dump: Dump,
  commands: Commands,
): Diagnosis[] {
  return joined.map(({ environment, objects, graph, found }) => ({
    environment,
    newest: dump.newest,
    secrets: diagnose(objects, { graph, found, dump, commands }),
  }));
}

/** What AWS says of the entries that a graph reads, by their metadata; undefined: it was not asked of an entry. */
async function askAws(
  graph: SecretGraph,
  call: CallAws,
  host: Host,
): Promise<NonNullable<Examined['found']>> {
  const entries = remoteEntries(graph, new Set(graph.objects)).filter(isAskable);
  const idOf = (entry: RemoteEntry): string => placeId(placeOf(entry, host));
  const found = new Map<string, FoundAt>();
  for (const [place, entriesThere] of groupBy(entries, idOf))
    found.set(place, await whereAllowed(entriesThere, call, host));
  const foundAt: FoundAt = entry =>
    isAskable(entry) ? found.get(idOf(entry))?.(entry) : undefined;
  const inAccount = inOwnAccount(entries, foundAt);
  return entry => foundOf(entry, inAccount);
}

function isAskable(entry: RemoteEntry): boolean {
  return cannotBeAsked(entry) === undefined;
}

/** What AWS says; where the caller may not look, all entries are unknown. */
async function whereAllowed(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
): Promise<FoundAt> {
  try {
    return await lookUpSome(entries, call, host);
  } catch (error) {
    if (!(error instanceof AwsRefusal) || !error.isDenied) throw error;
    const unknown = error.message;
    return entry => ({ found: new Map([[askedName(entry), { unknown }]]), listed: [] });
  }
}

/** How many Secrets are in a state. */
export function healthCount(
  diagnoses: readonly Diagnosis[],
  state: 'broken' | 'unknown' | 'ok',
): number {
  return healths(diagnoses).filter(health => (tellingLink(health)?.verdict.state ?? 'ok') === state)
    .length;
}

/** Whether nothing is broken, and nothing that is unknown now will be known in a while. */
export function isSettled(diagnoses: readonly Diagnosis[]): boolean {
  return healths(diagnoses).every(({ links }) =>
    links.every(({ verdict }) =>
      verdict.state === 'unknown' ? verdict.isPending !== true : verdict.state !== 'broken',
    ),
  );
}

/** The last line for people and pipelines, which they see while they wait too. */
export function healthSummary(diagnoses: readonly Diagnosis[]): string {
  const [well, broken, unknown] = (['ok', 'broken', 'unknown'] as const).map(state =>
    healthCount(diagnoses, state),
  );
  return `rem-secrets: Secrets: ${well} well, ${broken} broken, ${unknown} not known\n`;
}

function healths(diagnoses: readonly Diagnosis[]): SecretHealth[] {
  return diagnoses.flatMap(({ secrets }) => [...secrets]);
}

export interface DoctorFlags extends ManifestFlags, LookFlags {
  readonly watch?: boolean;
  readonly timeout: string;
  readonly aws?: boolean;
  readonly profile?: string;
}

/** The manifests of the paths, or the overlay of one environment; or the exit code, when the spec is wrong. */
export async function lookedAt(
  options: ManifestFlags & CommonOptions,
  host: Host,
): Promise<CommandInput | number> {
  const looked = await manifestsAt(options, host);
  if (typeof looked === 'number' || options.paths.length > 0 || looked.sets.length <= 1)
    return looked;
  // One cluster is looked at: what only the others have is not missing there.
  const names = looked.sets.flatMap(({ unit }) => unit?.name ?? []).join(', ');
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

/** The flags with which kubectl applies an object of these sets. */
export function appliedFrom(
  sets: readonly ManifestSet[],
): (object: PlacedObject) => readonly string[] | undefined {
  const all = sets.flatMap(({ sources, context }) => [...sources, ...context]);
  const byNumber = new Map(all.map(source => [source.number, source]));
  return object => {
    const source = byNumber.get(object.file);
    if (source === undefined || source.file === 'stdin') return undefined;
    return source.isBuilt ? ['-k', dirname(source.file)] : ['-f', source.file];
  };
}

/** A flag that may be given for all environments, and for one: `NAME`, `dev=NAME`. */
type PerEnvironment = readonly string[];

/** Where each environment is looked for. */
export interface SourceFlags {
  readonly context?: PerEnvironment;
  readonly from?: PerEnvironment;
  readonly kubeconfig?: string;
}

/** The dump or the context of an environment. */
export function sourceOf(
  environment: string,
  { context = [], from = [], kubeconfig }: SourceFlags,
  environments: readonly string[],
): LookFlags {
  const folder = valueFor(environment, from, environments);
  const contextName = valueFor(environment, context, environments);
  if (folder !== undefined && contextName !== undefined)
    return wrongUsage(`environment ${JSON.stringify(environment)} has a context and a dump`);
  return folder === undefined ? { context: contextName, kubeconfig } : { from: folder };
}

/** Environments without a source of their own have to be on one cluster: the others are not there. */
export function expectOneCluster(
  environments: readonly string[],
  { context = [], from = [] }: SourceFlags,
  clusterOf: (environment: string) => string,
): void {
  const shared = environments.filter(
    name => environmentValue(name, [...context, ...from]) === undefined,
  );
  if (new Set(shared.map(clusterOf)).size > 1)
    wrongUsage(
      `${shared.join(', ')} are in several clusters: name that of each with --context ENV=NAME or --from ENV=FOLDER, or one environment with -e`,
    );
}

function environmentValue(environment: string, values: PerEnvironment): string | undefined {
  const value = values.find(text => text.startsWith(`${environment}=`));
  return value?.slice(environment.length + 1);
}

/** The same, or else the value for all. */
function valueFor(environment: string, values: PerEnvironment, environments: readonly string[]) {
  return (
    environmentValue(environment, values) ??
    values.find(value => !environments.some(name => value.startsWith(`${name}=`)))
  );
}
