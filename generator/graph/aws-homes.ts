import { groupBy } from '../ground/group-by.ts';
import { listAt, mapAt, scalarText, textAt } from '../ground/json.ts';
import { oncePer } from '../ground/once-per.ts';
import { sortBy } from '../ground/sort-by.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { accountOf } from '../kinds/ack/policy-document.ts';
import { serviceAccount } from '../kinds/core/service-account.ts';
import type { AwsSource } from '../kinds/eso/aws-provider.ts';
import { annotationOf } from '../kinds/kind.ts';
import { type CallCounts, callsOfRefresh, type Refreshing, refreshings } from './aws-traffic.ts';
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
