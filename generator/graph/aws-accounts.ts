import { groupBy, listAt, mapAt, scalarText, sortBy, textAt, valueAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { accountOf } from '../kinds/ack.ts';
import { serviceAccount } from '../kinds/core/service.ts';
import { type Refresh, refreshOf } from '../kinds/eso/group.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import type { AwsCall, AwsSource } from '../kinds/eso/stores.ts';
import { annotationOf, type PlacedObject } from '../kinds/kind.ts';
import { type AwsEntry, awsEntriesOf, callsFor } from './aws-entries.ts';
import { ROLE_ARN } from './iam.ts';
import type { SecretGraph } from './secret-graph.ts';

/** What AWS counts together: an account, as far as it is known, and a region. */
export interface AwsHome {
  /** Twelve digits; undefined: no manifest tells. */
  readonly account: string | undefined;
  /** Of an account that is not told: it is the one that ESO itself runs with, or that of one store. */
  readonly isOwn: boolean;
  /** Undefined where it is still to be filled in. */
  readonly region: string | undefined;
  readonly refreshings: readonly Refreshing[];
}

/** Where calls are made, sorted by account and region. */
export function awsHomes(graph: SecretGraph): AwsHome[] {
  const keyOf = oncePer((store: AwsSource) => homeKey(store, graph));
  const groups = groupBy(refreshings(graph), ({ store }) => keyOf(store));
  return sortBy([...groups], ([key]) => key).flatMap(([, own]) =>
    own[0] === undefined ? [] : [{ ...awsHome(own[0].store, graph), refreshings: own }],
  );
}

function homeKey(store: AwsSource, graph: SecretGraph): string {
  const { account, isOwn, region } = awsHome(store, graph);
  const { kind, namespace, name } = store.object;
  const whose = account ?? (isOwn ? '' : `${kind}/${namespace}/${name}`);
  return JSON.stringify([whose, region ?? '']);
}

/** Of a store: the account of the role that is assumed last; AWS counts calls for who makes them. */
export function awsHome(store: AwsSource, graph: SecretGraph): Omit<AwsHome, 'refreshings'> {
  const { settings, region } = store;
  const isKnown = region !== '' && !isUnresolved(region);
  const role = textAt(settings, 'role') ?? lastRole(store) ?? roleOfAccount(store, graph);
  const account = role === undefined ? undefined : accountOf(role);
  const isOwn = role === undefined && Object.keys(mapAt(settings, 'auth')).length === 0;
  return { account, isOwn, region: isKnown ? region : undefined };
}

function lastRole({ settings }: AwsSource): string | undefined {
  const role = listAt(settings, 'additionalRoles').at(-1);
  return role === undefined ? undefined : scalarText(role);
}

function roleOfAccount({ object, settings }: AwsSource, { find }: SecretGraph): string | undefined {
  const ref = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  const namespace = textAt(ref, 'namespace') ?? object.namespace;
  const account = find(serviceAccount, namespace, textAt(ref, 'name') ?? '');
  return account && annotationOf(account, ROLE_ARN);
}

/** How many calls a second objects need all together, by action. */
export function callRates(all: readonly Refreshing[], found: number): CallCounts {
  const rates = new Map<string, number>();
  for (const one of all)
    for (const [action, count] of callsOfRefresh(one, found))
      rates.set(action, (rates.get(action) ?? 0) + (count * one.copies) / one.seconds);
  return rates;
}

/** The sum of some actions' counts. */
export function sumOf(counts: CallCounts, actions: Iterable<string> = counts.keys()): number {
  let sum = 0;
  for (const action of actions) sum += counts.get(action) ?? 0;
  return sum;
}

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
