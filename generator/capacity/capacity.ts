import type { ObjectName } from '../core/finding.ts';
import { sum } from '../core/json.ts';
import { defaultSettings } from '../environments/clusters.ts';
import type { AwsHome, CallCounts, Refreshing } from '../graph/aws-accounts.ts';
import {
  awsHomes,
  callRates,
  callsOfRefresh,
  objectCount,
  refreshings,
  sumOf,
} from '../graph/aws-accounts.ts';
import { awsPushes, callsFor } from '../graph/aws-entries.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { loginOf } from '../iam/policies.ts';
import { CALL_LIMITS, storeKind, type Throughput } from '../kinds/eso/stores.ts';
import { objectName } from '../kinds/kind.ts';

/** How ESO works and what AWS holds, as far as manifests do not show it. */
export interface CapacitySettings {
  readonly concurrent: number;
  /** The seconds of a call to AWS. */
  readonly latency: number;
  readonly found: number;
  readonly throughput: Throughput;
}

/** How often the ESO of one cluster calls AWS, how near that is to AWS's limits, and what it costs. */
export interface Capacity {
  readonly name: string;
  readonly settings: CapacitySettings;
  readonly homes: readonly HomeLoad[];
  readonly controller: Sweep;
  /** How many searches there are; `settings.found` says how many entries each is assumed to find. */
  readonly searches: number;
  readonly uncounted: readonly ObjectName[];
}

/** The calls to one account in one region. */
export interface HomeLoad {
  /** Null: no manifest has it. */
  readonly account: string | null;
  /** An unknown account is that of ESO itself (true), or that of a store. */
  readonly isOwnAccount: boolean;
  /** Null if the manifests leave it to be filled in. */
  readonly region: string | null;
  readonly stores: readonly ObjectName[];
  readonly objects: number;
  readonly entries: number;
  /** By action, those of KMS and STS too. */
  readonly calls: readonly Readonly<{ action: string; perSecond: number; perMonth: number }>[];
  /** How many calls are due at one moment if all objects are refreshed at once. */
  readonly atOneMoment: number;
  /** How many of these the controller can make in a second. */
  readonly peakPerSecond: number;
  readonly limits: readonly Readonly<
    Record<'needed' | 'peak' | 'perSecond', number> & { name: string }
  >[];
  readonly failingPerSecond: number;
  readonly costs: readonly Cost[];
  readonly remedies: readonly Remedy[];
}

type Cost = Readonly<{ what: string; dollars: number }>;

export interface Remedy {
  readonly what: 'extract' | 'interval' | 'throughput';
  /** By what factor the nearest limit is further away. */
  readonly factor: number;
  readonly callsPerSecond: number;
  /** How much more a month costs; negative if less. */
  readonly dollars: number;
}

/** One refresh of all objects: how long the controller takes, and how long it may take. */
interface Sweep {
  readonly objects: number;
  readonly calls: number;
  readonly sweepSeconds: number;
  /** Of an object; null if none is refreshed. */
  readonly shortestInterval: number | null;
  /** The share of time in which the workers wait for AWS; from 1 on they never catch up. */
  readonly busy: number;
  readonly fastestCallsPerSecond: number;
  readonly workersNeeded: number;
}

export function capacityOf(name: string, graph: SecretGraph, settings: CapacitySettings): Capacity {
  const all = refreshings(graph);
  return {
    name,
    settings,
    homes: awsHomes(graph).map(home => homeLoad(home, graph, settings)),
    controller: sweepOf(all, graph, settings),
    searches: all.flatMap(({ entries }) => entries.filter(({ find }) => find !== undefined)).length,
    uncounted: awsPushes(graph).unknown.map(({ object }) => objectName(object)),
  };
}

function sweepOf(
  all: readonly Refreshing[],
  graph: SecretGraph,
  { concurrent, latency, found }: CapacitySettings,
): Sweep {
  const loads = all.map(refreshed => {
    const calls = sumOf(callsOfRefresh(refreshed, found)) + sumOf(loginCalls(refreshed, graph));
    return { calls: calls * refreshed.copies, ...refreshed };
  });
  const calls = sum(loads.map(load => load.calls));
  const rate = sum(loads.map(load => load.calls / load.seconds));
  const interval = loads.reduce((least, { seconds }) => Math.min(least, seconds), Infinity);
  return {
    objects: objectCount(all),
    calls,
    sweepSeconds: (calls * latency) / concurrent,
    shortestInterval: loads.length === 0 ? null : interval,
    busy: (rate * latency) / concurrent,
    fastestCallsPerSecond: concurrent / latency,
    workersNeeded: Math.floor((calls * latency) / interval) + 1,
  };
}

function loginCalls({ entries: [entry] }: Refreshing, graph: SecretGraph): CallCounts {
  if (entry === undefined) return new Map();
  const { account, by, hops } = loginOf(entry, graph, defaultSettings(''));
  return new Map([
    ['sts:AssumeRole', hops.length],
    ['sts:AssumeRoleWithWebIdentity', account !== undefined && by === 'IRSA' ? 1 : 0],
  ]);
}

function homeLoad(
  { refreshings: all, account, isOwn, region }: AwsHome,
  graph: SecretGraph,
  settings: CapacitySettings,
): HomeLoad {
  const { found, concurrent, latency, throughput } = settings;
  const callsPerSecond = callRates(all, found);
  const decrypts = decryptRate(all, found);
  const atOnce = all.map(read => ({ ...read, seconds: 1 }));
  const onTick = callRates(atOnce, found);
  const fastest = concurrent / latency;
  const tick = sumOf(onTick);
  const rates = new Map([...callsPerSecond, ...loginRates(all, graph)]);
  if (decrypts > 0) rates.set('kms:Decrypt', decrypts);
  return {
    account: account ?? null,
    isOwnAccount: isOwn,
    region: region ?? null,
    stores: [...new Set(all.map(({ store }) => store.object))].map(objectName),
    objects: objectCount(all),
    entries: sum(all.map(({ entries }) => entries.length)),
    calls: [...rates].map(([action, perSecond]) => {
      return { action, perSecond, perMonth: Math.round(perSecond * MONTH) };
    }),
    atOneMoment: tick,
    peakPerSecond: Math.min(tick, fastest),
    limits: CALL_LIMITS[throughput].flatMap(({ name, actions, perSecond }) => {
      const needed = sumOf(callsPerSecond, actions);
      const peak = Math.min(sumOf(onTick, actions), fastest);
      return needed === 0 ? [] : [{ name, perSecond, needed, peak }];
    }),
    // Each object fails at its last entry, after the calls for all others.
    failingPerSecond: sum(
      all.map(refreshed => (sumOf(callsOfRefresh(refreshed, found)) * refreshed.copies) / BACKOFF),
    ),
    costs: costsOf(all, settings),
    remedies: remediesOf(all, settings),
  };
}

/** Decryptions by KMS a second: one for each SecureString that is read or that a search goes through. */
function decryptRate(all: readonly Refreshing[], found: number): number {
  const ofParameters = all.filter(({ store }) => store.service === 'ParameterStore');
  const rates = ofParameters.map(({ entries, copies, seconds }) => {
    const reads = entries.flatMap(entry => callsFor(entry).filter(({ key }) => key === 'read'));
    return (sum(reads.map(({ page }) => (page === undefined ? 1 : found))) * copies) / seconds;
  });
  return sum(rates);
}

/** The seconds between ESO's checks of a store, for which it logs in. */
const STORE_CHECK = 300;

/** Calls of STS a second, for refreshes and for checks of stores. */
function loginRates(all: readonly Refreshing[], graph: SecretGraph): CallCounts {
  const rates = new Map<string, number>();
  const checked = new Set<unknown>();
  for (const refreshed of all) {
    const { object } = refreshed.store;
    // Generators are not checked.
    const isChecked = storeKind(object.kind) !== undefined && !checked.has(object);
    const check = isChecked ? 1 / STORE_CHECK : 0;
    checked.add(object);
    const each = refreshed.copies / refreshed.seconds + check;
    for (const [action, count] of loginCalls(refreshed, graph))
      if (count > 0) rates.set(action, (rates.get(action) ?? 0) + count * each);
  }
  return rates;
}

/** ESO's longest wait in seconds after a failure (docs/facts/eso.md#calls-of-a-refresh). */
const BACKOFF = 420;

/** The seconds of a month of 30 days. */
export const MONTH: number = 30 * 86_400;

/** The month of the prices, in dollars, in us-east-1 (docs/facts/aws.md#prices-of-calls). */
export const PRICES_OF = '2026-11';

const PRICES = {
  parameterCall: 0.05 / 10_000,
  secretCall: 0.05 / 10_000,
  secretMonth: 0.4,
  decrypt: 0.03 / 10_000,
  freeDecrypts: 20_000, // The calls of KMS that each account has free each month.
};

function costsOf(
  all: readonly Refreshing[],
  { found, throughput }: Pick<CapacitySettings, 'found' | 'throughput'>,
): Cost[] {
  const rates = [...callRates(all, found)];
  const ofService = (prefix: string): number =>
    sum(rates.map(([action, rate]) => (action.startsWith(prefix) ? rate : 0))) * MONTH;
  const secrets = new Set(
    all.flatMap(({ store, entries }) =>
      store.service === 'SecretsManager' ? entries.flatMap(({ name }) => name ?? []) : [],
    ),
  );
  const price = throughput === 'higher' ? PRICES.parameterCall : 0;
  const decrypts = Math.max(0, decryptRate(all, found) * MONTH - PRICES.freeDecrypts);
  return [
    { what: 'calls of Parameter Store', dollars: ofService('ssm:') * price },
    { what: 'calls of Secrets Manager', dollars: ofService('secretsmanager:') * PRICES.secretCall },
    { what: 'secrets of Secrets Manager', dollars: secrets.size * PRICES.secretMonth },
    { what: 'decryption by KMS', dollars: decrypts * PRICES.decrypt },
  ].filter(({ dollars }) => dollars > 0);
}

function remediesOf(all: readonly Refreshing[], settings: CapacitySettings): Remedy[] {
  const before = stateOf(all, settings);
  const change = (what: Remedy['what'], after: readonly Refreshing[], now = settings): Remedy => {
    const { share, rate, dollars } = stateOf(after, now);
    const factor = share === 0 ? 1 : before.share / share;
    return { what, factor, callsPerSecond: rate, dollars: dollars - before.dollars };
  };
  const longer = all.map(read => ({ ...read, seconds: Math.max(read.seconds, LONGER) }));
  const remedies = [
    change('extract', all.map(asOneEntry)),
    change('interval', longer),
    change('throughput', all, { ...settings, throughput: 'higher' }),
  ];
  return remedies.filter(({ factor }) => factor > 1.005).sort((a, b) => b.factor - a.factor);
}

function stateOf(all: readonly Refreshing[], settings: CapacitySettings) {
  const rates = callRates(all, settings.found);
  const shares = CALL_LIMITS[settings.throughput].map(
    ({ actions, perSecond }) => sumOf(rates, actions) / perSecond,
  );
  const dollars = dollarsOf(costsOf(all, settings));
  return { share: Math.max(...shares), rate: sumOf(rates), dollars };
}

export function dollarsOf(costs: readonly Cost[]): number {
  return sum(costs.map(({ dollars }) => dollars));
}

/** The object as it would be if all values that it reads by name were properties of one entry. */
function asOneEntry(refreshing: Refreshing): Refreshing {
  const [first, ...more] = refreshing.entries.filter(({ uses }) => uses[0] === 'value');
  if (first === undefined || more.length === 0) return refreshing;
  const others = refreshing.entries.filter(({ uses }) => uses[0] !== 'value');
  return { ...refreshing, entries: [first, ...others] };
}

/** The interval that is long enough for most values: ESO's default. */
export const LONGER = 3600;

/** The calls of a month without logins and decryption, and the cost of a month with them. */
export type AwsMonth = Readonly<Record<'calls' | 'dollars', number>>;

/** The defaults: the controller of ESO's chart, and searches of one page. */
export const USUAL: CapacitySettings = {
  concurrent: 1,
  latency: 0.025,
  found: 10,
  throughput: 'default',
};

/** The month of a cluster with the default settings. */
export function awsMonth(graph: SecretGraph): AwsMonth {
  const homes = awsHomes(graph).map(({ refreshings: all }) => all);
  const calls = sum(homes.map(all => sumOf(callRates(all, USUAL.found)) * MONTH));
  const dollars = sum(homes.map(all => dollarsOf(costsOf(all, USUAL))));
  return { calls: Math.round(calls), dollars: Math.round(dollars * 100) / 100 };
}

/** A number for people, with commas between thousands. */
export function shownNumber(value: number): string {
  if (value < 100) return String(Number(value.toPrecision(2)));
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3}){1,8}$)/g, ',');
}
