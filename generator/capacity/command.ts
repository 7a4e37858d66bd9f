import type { Host } from '../core/host.ts';
import { isMap, mapValues, sum } from '../core/json.ts';
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
import { awsPushes } from '../graph/aws-entries.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { loginOf } from '../iam/policies.ts';
import { CALL_LIMITS, LIMITS_OF, storeKind } from '../kinds/eso/stores.ts';
import { objectName } from '../kinds/kind.ts';
import type { Formats } from '../report/finding.ts';
import { counted, flatObject, jsonText, objectText, shownLines } from '../report/text.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { graphOfSets, withClusters } from '../shell/command-input.ts';
import { expectForm, type ManifestFlags, withFlags } from '../shell/flags.ts';
import { printReport, tellUnread } from '../shell/print.ts';
import {
  type CapacitySettings,
  costsOf,
  decryptRate,
  dollarsOf,
  MONTH,
  PRICES_OF,
  shownNumber,
  USUAL,
} from './costs.ts';

interface CapacityFlags extends ManifestFlags {
  readonly concurrent: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly found: number;
  readonly throughput: CapacitySettings['throughput'];
}

export const capacityCommand: CommandLine<CapacityFlags> = {
  name: 'capacity',
  description:
    'show how often External Secrets calls AWS, how near that is to its limits, and the cost',
  examples: [
    ['capacity', 'of every cluster of the spec'],
    ['capacity -e prod --concurrent 5 -o json', 'with five workers, for a program'],
  ],
  define: (command, run) => {
    withFlags(command, 'paths', 'environment', 'namespace');
    for (const [flag, value, text, usual] of COUNTED) {
      const parse = (written: string): number => Number(expectForm(written, COUNT, flag));
      command.option(`${flag} ${value}`, text, parse, usual);
    }
    command.addOption(
      command
        .createOption('--throughput <setting>', 'the throughput setting of Parameter Store')
        .choices(['default', 'higher'])
        .default(USUAL.throughput),
    );
    withFlags(command, 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

const AT_ONCE = 'how many objects External Secrets works on at once';

const COUNTED = [
  ['--concurrent', '<number>', AT_ONCE, USUAL.concurrent],
  ['--latency', '<milliseconds>', 'how long a call to AWS takes', USUAL.latency * 1000],
  ['--found', '<number>', 'how many entries a search goes through', USUAL.found],
] as const;

const COUNT = { test: /^[1-9][0-9]{0,6}$/, form: 'a whole number from 1 on' };

const capacityFormats: Formats<readonly Capacity[]> = {
  text: capacities => capacities.map(capacityText).join('\n'),
  json: renderCapacityJson,
};

export const capacity: Action<CapacityFlags> = { run: printCapacity, formats: capacityFormats };

async function printCapacity(options: CapacityFlags & CommonOptions, host: Host): Promise<number> {
  const { concurrent, latency, found, throughput } = options;
  const settings = { concurrent, latency: latency / 1000, found, throughput };
  return withClusters(options, host, clusters => {
    const selected = clusters.filter(({ isSelected }) => isSelected);
    const sets = selected.flatMap(cluster => [...cluster.sets]);
    const capacities = selected.map(cluster =>
      capacityOf(cluster.name, graphOfSets(cluster.sets), settings),
    );
    printReport(capacityFormats, options.format, capacities, host);
    return tellUnread(sets, host);
  });
}

/** How often the ESO of one cluster calls AWS, how near that is to AWS's limits, and what it costs. */
function capacityOf(name: string, graph: SecretGraph, settings: CapacitySettings) {
  const all = refreshings(graph);
  return {
    name,
    settings,
    homes: awsHomes(graph).map(home => homeLoad(home, graph, settings)),
    controller: sweepOf(all, graph, settings),
    // `settings.found` says how many entries each search is assumed to find.
    searches: all.flatMap(({ entries }) => entries.filter(({ find }) => find !== undefined)).length,
    uncounted: awsPushes(graph).unknown.map(({ object }) => objectName(object)),
  };
}

/** One refresh of all objects: how long the controller takes, and how long it may take. */
function sweepOf(
  all: readonly Refreshing[],
  graph: SecretGraph,
  { concurrent, latency, found }: CapacitySettings,
) {
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
    // Of an object; null if none is refreshed.
    shortestInterval: loads.length === 0 ? null : interval,
    // The share of time in which the workers wait for AWS; from 1 on they never catch up.
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

/** The calls to one account in one region. */
function homeLoad(
  { refreshings: all, account, isOwn, region }: AwsHome,
  graph: SecretGraph,
  settings: CapacitySettings,
) {
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
    account: account ?? null, // Null: no manifest has it.
    isOwnAccount: isOwn, // An unknown account is that of ESO itself (true), or that of a store.
    region: region ?? null, // Null: the manifests leave it to be filled in.
    stores: [...new Set(all.map(({ store }) => store.object))].map(objectName),
    objects: objectCount(all),
    entries: sum(all.map(({ entries }) => entries.length)),
    // By action, those of KMS and STS too.
    calls: [...rates].map(([action, perSecond]) => {
      return { action, perSecond, perMonth: Math.round(perSecond * MONTH) };
    }),
    // How many calls are due if all objects are refreshed at once, and how many of them the controller can make.
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

function remediesOf(all: readonly Refreshing[], settings: CapacitySettings) {
  const before = stateOf(all, settings);
  const change = (what: keyof typeof REMEDIES, after: readonly Refreshing[], now = settings) => {
    const { share, rate, dollars } = stateOf(after, now);
    // By this factor the nearest limit is further away; a month costs so many dollars more.
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

/** The object as it would be if all values that it reads by name were properties of one entry. */
function asOneEntry(refreshing: Refreshing): Refreshing {
  const [first, ...more] = refreshing.entries.filter(({ uses }) => uses[0] === 'value');
  if (first === undefined || more.length === 0) return refreshing;
  const others = refreshing.entries.filter(({ uses }) => uses[0] !== 'value');
  return { ...refreshing, entries: [first, ...others] };
}

/** The interval that is long enough for most values: ESO's default. */
const LONGER = 3600;

type Capacity = ReturnType<typeof capacityOf>;
type HomeLoad = ReturnType<typeof homeLoad>;
type Remedy = HomeLoad['remedies'][number];

function capacityText(capacity: Capacity): string {
  const { name, homes } = capacity;
  const lines =
    homes.length === 0
      ? ['  nothing of AWS is refreshed']
      : [...homes.flatMap(homeLines), ...controllerLines(capacity)];
  const notes = capacityNotes(capacity).map(note => `  note: ${note}`);
  return `${shownLines([name, ...lines, ...notes].join('\n'))}\n`;
}

function homeLines(home: HomeLoad): string[] {
  const { stores, objects, entries, calls, atOneMoment, peakPerSecond, limits, remedies } = home;
  const [store] = stores;
  const unknown = home.isOwnAccount || !store ? 'External Secrets' : objectText(store);
  const whose = home.account === null ? `the account of ${unknown}` : `account ${home.account}`;
  const costs = home.costs.map(({ what, dollars }) => `$${dollars.toFixed(2)} ${what}`);
  const parts = costs.length === 0 ? '' : `: ${costs.join(', ')}`;
  return [
    `  ${whose}, ${home.region ?? 'in a region that is not told'}: ${entries === 1 ? '1 entry' : `${entries} entries`} of ${counted(objects, 'object')}`,
    `    for ${stores.map(objectText).join(', ')}`,
    ...calls.map(
      ({ action, perSecond }) =>
        `    ${action}: ${shownNumber(perSecond)} a second, ${shownNumber(perSecond * MONTH)} a month`,
    ),
    `    peak: ${counted(atOneMoment, 'call')} due at one moment, ${shownNumber(peakPerSecond)} made a second`,
    ...limits.map(limit => `    ${limitText(limit)}`),
    `    while all of it fails: ${shownNumber(home.failingPerSecond)} calls a second`,
    `    costs at prices of ${PRICES_OF}: $${dollarsOf(home.costs).toFixed(2)} a month${parts}`,
    ...(isPressing(home) ? remedies.map(remedy => `    to do: ${remedyText(remedy)}`) : []),
  ];
}

function limitText({ name, perSecond, needed, peak }: HomeLoad['limits'][number]): string {
  const percent = (100 * needed) / perSecond;
  const share = percent < 0.01 ? 'under 0.01' : shownNumber(percent);
  const isOver = peak > perSecond ? ', which is throttled' : '';
  return `limit of ${LIMITS_OF}: ${shownNumber(perSecond)} ${name} a second; ${share}% of it is needed, and ${shownNumber(peak)} a second at the peak${isOver}`;
}

/** Remedies are shown from this share of a limit, or these dollars a month. */
const PRESSING = { share: 0.1, dollars: 1 };

function isPressing({ limits, costs }: HomeLoad): boolean {
  return (
    costs.some(({ dollars }) => dollars >= PRESSING.dollars) ||
    limits.some(
      ({ perSecond, needed, peak }) => peak >= perSecond || needed >= perSecond * PRESSING.share,
    )
  );
}

const REMEDIES = {
  extract: 'keep the values of each object in one entry, as JSON, and take them with extract',
  interval: `refresh no object more often than every ${shownSeconds(LONGER)}`,
  throughput: 'switch on higher throughput of Parameter Store',
};

/** Seconds in the form of ESO's intervals, as `1h30m`. */
function shownSeconds(value: number): string {
  if (value < 60) return `${shownNumber(value)}s`;
  const minutes = Math.round(value / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours > 0 ? `${hours}h` : ''}${rest > 0 ? `${rest}m` : ''}`;
}

function remedyText({ what, factor, callsPerSecond, dollars }: Remedy): string {
  const cost = dollars < 0 ? `saves ${shownDollars(-dollars)}` : `costs ${shownDollars(dollars)}`;
  const money = Math.abs(dollars) < 0.005 ? '' : `, and ${cost} a month`;
  return `${REMEDIES[what]}: the limit is ${shownNumber(factor)} times as far, ${shownNumber(callsPerSecond)} calls a second${money}`;
}

function shownDollars(value: number): string {
  return value < 100 ? `$${value.toFixed(2)}` : `$${shownNumber(value)}`;
}

function controllerLines({ controller, settings }: Capacity): string[] {
  const { concurrent, latency } = settings;
  const { calls, sweepSeconds, shortestInterval, busy, fastestCallsPerSecond } = controller;
  return [
    `  controller, with --concurrent=${concurrent} and ${shownNumber(latency * 1000)} ms a call: at most ${shownNumber(fastestCallsPerSecond)} calls a second`,
    `    one sweep: ${calls} calls, ${shownSeconds(sweepSeconds)} of the shortest interval of ${shownSeconds(shortestInterval ?? 0)}; ${shownNumber(busy * 100)}% busy`,
  ];
}

function capacityNotes({ settings, controller, searches, uncounted }: Capacity): string[] {
  const { shortestInterval: interval, sweepSeconds, busy, workersNeeded } = controller;
  const isLate = interval !== null && (sweepSeconds > interval || busy >= 1);
  const notes = [
    searches > 0 &&
      `of what ${searches} searches find it is assumed: ${settings.found} entries each (--found)`,
    isLate &&
      `one sweep takes longer than the shortest interval, so that new objects wait: --concurrent=${workersNeeded} of External Secrets would do, and brings the peak up`,
    ...uncounted.map(
      object =>
        `dataTo of ${objectText(object)} is not counted: what it pushes is known only from the Secret`,
    ),
  ];
  return notes.filter(note => note !== false);
}

function renderCapacityJson(capacities: readonly Capacity[]): string {
  return jsonText({
    limitsOf: LIMITS_OF,
    pricesOf: PRICES_OF,
    clusters: capacities.map(capacity => ({
      name: capacity.name,
      settings: capacity.settings,
      homes: rounded(
        capacity.homes.map(home => ({ ...home, stores: home.stores.map(flatObject) })),
      ),
      controller: rounded(capacity.controller),
      notes: capacityNotes(capacity),
    })),
  });
}

/** Numbers that are exact. All others are rounded, as they are forecasts. */
const COUNTS = /^(?:objects|entries|calls|perMonth|atOneMoment|shortestInterval|workersNeeded)$/;

function rounded(value: unknown, name = ''): unknown {
  if (typeof value === 'number') return COUNTS.test(name) ? value : Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(item => rounded(item));
  return isMap(value) ? mapValues(value, rounded) : value;
}
