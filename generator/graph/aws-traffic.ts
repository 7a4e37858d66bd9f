import { groupBy } from '../ground/group-by.ts';
import { mapAt, textAt, valueAt } from '../ground/json.ts';
import { oncePer } from '../ground/once-per.ts';
import type { AwsCall, AwsSource } from '../kinds/eso/aws-provider.ts';
import { type Refresh, refreshOf } from '../kinds/eso/refresh.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { awsEntriesOf, callsFor } from './aws-entries.ts';
import type { AwsEntry } from './aws-stores.ts';
import type { SecretGraph } from './secret-graph.ts';

/** An object that ESO works anew again and again, and what it asks one store of AWS for. */
export interface Refreshing {
  readonly object: PlacedObject;
  readonly store: AwsSource;
  readonly entries: readonly AwsEntry[];
  /** In how many namespaces it is made. */
  readonly copies: number;
  /** Between two refreshes. */
  readonly seconds: number;
}

/** All that is refreshed from AWS or pushed to it more than once (docs/facts/eso.md#refresh). */
export const refreshings: (graph: SecretGraph) => readonly Refreshing[] = oncePer(graph => {
  const external = groupBy(graph.externalSecrets, ({ object }) => object);
  return [...awsEntriesOf(graph)].flatMap(([object, entries]) => {
    const made = external.get(object) ?? [];
    const { isActive, seconds = HOUR } = made[0]?.refresh ?? refreshOfPush(object);
    if (!isActive || seconds <= 0) return [];
    const copies = Math.max(1, made.length);
    return [...groupBy(entries, ({ store }) => store.object)].flatMap(([, own]) =>
      own[0] === undefined ? [] : [{ object, store: own[0].store, entries: own, copies, seconds }],
    );
  });
});

/** Of what is no duration: the CRD's default is meant, or close to it. */
const HOUR = 3600;

function refreshOfPush(object: PlacedObject): Refresh {
  const path = (object.known && PUSH_SECRETS.get(object.known)) ?? ['spec'];
  return refreshOf(mapAt(object.json, ...path.map(String)));
}

/** Calls by the name of their action. */
export type CallCounts = ReadonlyMap<string, number>;

/**
 * The calls of one refresh that changes nothing (docs/facts/eso.md#calls-of-a-refresh); a search is
 * taken to go through `found` entries.
 */
export function callsOfRefresh({ store, entries }: Refreshing, found: number): CallCounts {
  const counts = new Map<string, number>();
  const asked = store.service === 'SecretsManager' ? eachOnce(entries) : entries;
  for (const entry of asked)
    for (const call of callsFor(entry))
      if (!call.isRare)
        counts.set(call.action, (counts.get(call.action) ?? 0) + callCount(call, found));
  return counts;
}

function callCount({ page }: AwsCall, found: number): number {
  return page === undefined ? 1 : Math.max(1, Math.ceil(found / page));
}

/** Within one refresh ESO reads a version of a secret once, however many properties are read. */
function eachOnce(entries: readonly AwsEntry[]): readonly AwsEntry[] {
  if (entries.length === 1) return entries;
  return [...groupBy(entries, identityOf).values()].flatMap(([first]) => first ?? []);
}

function identityOf({ object, path, name, uses }: AwsEntry): string {
  const isRead = uses[0] === 'value' || uses[0] === 'metadata';
  const version = textAt(valueAt(object.json, path.slice(0, -1)), 'version');
  return JSON.stringify(isRead ? [name, uses[0], version] : path);
}

/** How many objects there are in the cluster of those that are refreshed, each once. */
export function objectCount(all: readonly Refreshing[]): number {
  return [...groupBy(all, ({ object }) => object).values()].reduce(
    (sum, [first]) => sum + (first?.copies ?? 0),
    0,
  );
}
