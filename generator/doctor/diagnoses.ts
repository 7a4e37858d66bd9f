import { dirname } from 'node:path';
import type { Host } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import { graphOf } from '../graph/graph.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { AwsRefusal, type CallAws } from '../params/aws.ts';
import { remoteEntries } from '../params/entries.ts';
import { askedName, cannotBeAsked, type RemoteEntry } from '../params/entry.ts';
import { type Found, type FoundAt, foundOf, inOwnAccount, placeId } from '../params/facts.ts';
import { lookUpSome, placeOf } from '../params/look-up.ts';
import type { CommonOptions } from '../shell/command.ts';
import { type CommandInput, manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { type ManifestSet, objectsOf, shownObjects } from '../world/object-set.ts';
import { type Diagnosis, diagnose, type SecretHealth, tellingLink } from './diagnosis.ts';
import type { Dump } from './dump.ts';
import type { Commands } from './expected-secrets.ts';
import type { LookFlags } from './read-cluster.ts';
import type { Examined } from './verdict.ts';

/** The manifests of an environment, joined; and what AWS says of their entries, once it was asked. */
export interface Joined {
  /** Empty where they were named one by one. */
  readonly environment: string;
  readonly graph: SecretGraph;
  readonly own: ReadonlySet<PlacedObject>;
  found?: Examined['found'];
}

export function joinedSet(set: ManifestSet): Joined {
  const environment = set.unit?.name ?? '';
  return { environment, graph: graphOf(objectsOf(set)), own: new Set(shownObjects(set)) };
}

/** Has AWS asked of the entries of each. */
export async function askOfAll(
  joined: readonly Joined[],
  call: CallAws,
  host: Host,
): Promise<void> {
  for (const one of joined) one.found = await askAws(one.graph, call, host);
}

/** How the Secrets of each are. */
export function diagnosesOf(
  joined: readonly Joined[],
  dump: Dump,
  commands: Commands,
): Diagnosis[] {
  return joined.map(({ environment, own, graph, found }) => ({
    environment,
    newest: dump.newest,
    secrets: diagnose(own, { graph, found, dump, commands }),
  }));
}

/** What AWS says of the entries that a graph reads, by their metadata; undefined: it was not asked of one. */
async function askAws(
  graph: SecretGraph,
  call: CallAws,
  host: Host,
): Promise<(entry: RemoteEntry) => Found | undefined> {
  const entries = remoteEntries(graph, new Set(graph.objects)).filter(isAskable);
  const idOf = (entry: RemoteEntry): string => placeId(placeOf(entry, host));
  const found = new Map<string, FoundAt>();
  for (const [place, own] of groupBy(entries, idOf))
    found.set(place, await whereAllowed(own, call, host));
  const foundAt: FoundAt = entry =>
    isAskable(entry) ? found.get(idOf(entry))?.(entry) : undefined;
  const inOwn = inOwnAccount(entries, foundAt);
  return entry => foundOf(entry, inOwn);
}

function isAskable(entry: RemoteEntry): boolean {
  return cannotBeAsked(entry) === undefined;
}

/** Where the caller may not look, nothing is known. */
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

/** How many Secrets are so. */
export function healthCount(
  diagnoses: readonly Diagnosis[],
  state: 'broken' | 'unknown' | 'ok',
): number {
  return healths(diagnoses).filter(health => (tellingLink(health)?.verdict.state ?? 'ok') === state)
    .length;
}

/** Nothing is broken, and nothing will be known only in a while. */
export function isSettled(diagnoses: readonly Diagnosis[]): boolean {
  return healths(diagnoses).every(({ links }) =>
    links.every(({ verdict }) =>
      verdict.state === 'unknown' ? verdict.isPending !== true : verdict.state !== 'broken',
    ),
  );
}

/** What people and pipelines are told last, and while they wait. */
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
  /** Until all is well, or for as long as a duration of Go says. */
  readonly watch?: boolean;
  readonly timeout: string;
  /** AWS is asked which entries there are, with the credentials of a profile. */
  readonly aws?: boolean;
  readonly profile?: string;
}

/** What the paths, or the overlay of the one environment that is named, say; or the exit code, when the spec is wrong. */
export function lookedAt(
  options: ManifestFlags & CommonOptions,
  host: Host,
): CommandInput | number {
  const looked = manifestsAt(options, host);
  if (typeof looked === 'number' || options.paths.length > 0) return looked;
  return { ...looked, sets: oneOf(looked.sets) };
}

/** One cluster is looked at: what is in the others is none of its faults. */
function oneOf(sets: readonly ManifestSet[]): readonly ManifestSet[] {
  if (sets.length <= 1) return sets;
  const names = sets.flatMap(({ unit }) => unit?.name ?? []).join(', ');
  return wrongUsage(`name the environment that the cluster has with -e: ${names}`);
}

/** What kubectl applies an object of these sets from. */
export function appliedFrom(
  sets: readonly ManifestSet[],
): (object: PlacedObject) => readonly string[] | undefined {
  const sources = new Map(
    sets
      .flatMap(({ sources: own, context }) => [...own, ...context])
      .map(source => [source.number, source]),
  );
  return object => {
    const source = sources.get(object.file);
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
  const named = valueFor(environment, context, environments);
  if (folder !== undefined && named !== undefined)
    return wrongUsage(`environment ${JSON.stringify(environment)} has a context and a dump`);
  return folder === undefined ? { context: named, kubeconfig } : { from: folder };
}

/** What is not named for one environment is one cluster: others would be looked for where they are not. */
export function expectOneCluster(
  environments: readonly string[],
  { context = [], from = [] }: SourceFlags,
  homeOf: (environment: string) => string,
): void {
  const rest = environments.filter(name => ownValue(name, [...context, ...from]) === undefined);
  if (new Set(rest.map(homeOf)).size > 1)
    wrongUsage(
      `${rest.join(', ')} are in several clusters: name that of each with --context ENV=NAME or --from ENV=FOLDER, or one environment with -e`,
    );
}

function ownValue(environment: string, values: PerEnvironment): string | undefined {
  const own = values.find(value => value.startsWith(`${environment}=`));
  return own?.slice(environment.length + 1);
}

/** What is given for it, or else for all. */
function valueFor(
  environment: string,
  values: PerEnvironment,
  environments: readonly string[],
): string | undefined {
  const own = ownValue(environment, values);
  if (own !== undefined) return own;
  return values.find(value => !environments.some(name => value.startsWith(`${name}=`)));
}
