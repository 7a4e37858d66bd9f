import { graphOf } from '../../graph/graph-of.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Commands } from '../../operate/doctor/commands.ts';
import {
  type Diagnosis,
  diagnose,
  type SecretHealth,
  tellingLink,
} from '../../operate/doctor/diagnosis.ts';
import type { Dump } from '../../operate/doctor/dump.ts';
import type { Examined } from '../../operate/doctor/verdict.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import type { Found } from '../../operate/params/facts.ts';
import {
  askedName,
  cannotBeAsked,
  type FoundAt,
  foundOf,
  inOwnAccount,
} from '../../operate/params/looked-up.ts';
import { remoteEntries } from '../../operate/params/remote-entries.ts';
import { type ManifestSet, objectsOf, shownObjects } from '../../read/sets/manifest-set.ts';
import { AwsRefusal } from '../aws/aws-refusal.ts';
import type { CallAws } from '../aws/client.ts';
import { lookUpSome, placeOf } from '../params/look-up.ts';
import { placeId } from '../params/notes.ts';

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
