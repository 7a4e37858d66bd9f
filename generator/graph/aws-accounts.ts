import { groupBy, listAt, mapAt, scalarText, sortBy, textAt, valueAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { accountOf } from '../kinds/ack.ts';
import { PUSH_SECRETS } from '../kinds/eso/cluster-kinds.ts';
import { type Refresh, refreshOf } from '../kinds/eso/group.ts';
import type { AwsSource } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type AwsEntry, awsEntriesOf, callsFor } from './aws-entries.ts';
import { accountRole } from './iam.ts';
import type { SecretGraph } from './secret-graph.ts';

/** An account, as far as it is known, and a region: AWS counts the calls of the two together. */
export interface AwsHome {
  /** Twelve digits; undefined: no manifest has it. */
  readonly account: string | undefined;
  /** An unknown account is that of ESO itself (true), or that of a store. */
  readonly isOwn: boolean;
  /** Undefined where it is still to be filled in. */
  readonly region: string | undefined;
  readonly refreshings: readonly Refreshing[];
}

/** The accounts and regions in which calls are made, sorted. */
export function awsHomes(graph: SecretGraph): AwsHome[] {
  const keyOf = oncePer((store: AwsSource) => homeKey(store, graph));
  const groups = groupBy(refreshings(graph), ({ store }) => keyOf(store));
  return sortBy([...groups], ([key]) => key).flatMap(([, group]) =>
    group[0] === undefined ? [] : [{ ...awsHome(group[0].store, graph), refreshings: group }],
  );
}

function homeKey(store: AwsSource, graph: SecretGraph): string {
  const { account, isOwn, region } = awsHome(store, graph);
  const { kind, namespace, name } = store.object;
  const whose = account ?? (isOwn ? '' : `${kind}/${namespace}/${name}`);
  return JSON.stringify([whose, region ?? '']);
}

/** AWS counts calls by account. For a store that is the account of the last role it assumes. */
export function awsHome(store: AwsSource, graph: SecretGraph): Omit<AwsHome, 'refreshings'> {
  const { settings, region } = store;
  const isKnown = region !== '' && !isUnresolved(region);
  const additional = listAt(settings, 'additionalRoles').at(-1);
  const last = additional === undefined ? undefined : scalarText(additional);
  const role = textAt(settings, 'role') ?? last ?? accountRole(store, graph);
  const account = role === undefined ? undefined : accountOf(role);
  const isOwn = role === undefined && Object.keys(mapAt(settings, 'auth')).length === 0;
  return { account, isOwn, region: isKnown ? region : undefined };
}

/** The calls a second of all refreshings together, by action. */
export function callRates(all: readonly Refreshing[], found: number): CallCounts {
  const rates = new Map<string, number>();
  for (const refreshing of all)
    for (const [action, count] of callsOfRefresh(refreshing, found)) {
      const { copies, seconds } = refreshing;
      rates.set(action, (rates.get(action) ?? 0) + (count * copies) / seconds);
    }
  return rates;
}

/** The sum of some actions' counts. */
export function sumOf(counts: CallCounts, actions: Iterable<string> = counts.keys()): number {
  let sum = 0;
  for (const action of actions) sum += counts.get(action) ?? 0;
  return sum;
}

/** An object that ESO refreshes, and the entries that it asks one store of AWS for. */
export interface Refreshing {
  readonly object: PlacedObject;
  readonly store: AwsSource;
  readonly entries: readonly AwsEntry[];
  /** The number of namespaces that it is in. */
  readonly copies: number;
  /** Between two refreshes. */
  readonly seconds: number;
}

/** All objects that are refreshed from AWS, or pushed to it, again and again (docs/facts/eso.md#refresh). */
export const refreshings: (graph: SecretGraph) => readonly Refreshing[] = oncePer(graph => {
  const external = groupBy(graph.externalSecrets, ({ object }) => object);
  return [...awsEntriesOf(graph)].flatMap(([object, entries]) => {
    const made = external.get(object) ?? [];
    const { isActive, seconds = HOUR } = made[0]?.refresh ?? refreshOfPush(object);
    if (!isActive || seconds <= 0) return [];
    const copies = Math.max(1, made.length);
    return [...groupBy(entries, ({ store }) => store.object).values()].flatMap(ofStore => {
      const [first] = ofStore;
      return first === undefined
        ? []
        : [{ object, store: first.store, entries: ofStore, copies, seconds }];
    });
  });
});

/** The CRD's default, for an interval that is no duration. */
const HOUR = 3600;

function refreshOfPush(object: PlacedObject): Refresh {
  const path = (object.known && PUSH_SECRETS.get(object.known)) ?? ['spec'];
  return refreshOf(mapAt(object.json, ...path.map(String)));
}

/** Calls by the name of their action. */
export type CallCounts = ReadonlyMap<string, number>;

/** The calls of a refresh that changes nothing (docs/facts/eso.md#calls-of-a-refresh); a search finds `found`. */
export function callsOfRefresh({ store, entries }: Refreshing, found: number): CallCounts {
  const counts = new Map<string, number>();
  const read = store.service === 'SecretsManager' ? eachOnce(entries) : entries;
  for (const entry of read)
    for (const call of callsFor(entry))
      if (!call.isRare)
        counts.set(
          call.action,
          (counts.get(call.action) ?? 0) +
            (call.page === undefined ? 1 : Math.max(1, Math.ceil(found / call.page))),
        );
  return counts;
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

/** The number of objects that are refreshed, with their copies in other namespaces. */
export function objectCount(all: readonly Refreshing[]): number {
  return [...groupBy(all, ({ object }) => object).values()].reduce(
    (sum, [first]) => sum + (first?.copies ?? 0),
    0,
  );
}
