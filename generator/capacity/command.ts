import type { Host } from '../core/host.ts';
import { isMap, mapValues } from '../core/json.ts';
import { LIMITS_OF } from '../kinds/eso/stores.ts';
import type { Formats } from '../report/finding.ts';
import { counted, flatObject, jsonText, objectText, shownLines } from '../report/text.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { graphOfSets, withClusters } from '../shell/command-input.ts';
import { expectForm, type ManifestFlags, withFlags } from '../shell/flags.ts';
import { printReport, tellUnread } from '../shell/print.ts';
import type { Capacity, CapacitySettings, HomeLoad, Remedy } from './capacity.ts';
import { capacityOf, dollarsOf, LONGER, MONTH, PRICES_OF, shownNumber, USUAL } from './capacity.ts';

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

export const capacityFormats: Formats<readonly Capacity[]> = {
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

const REMEDIES: Readonly<Record<Remedy['what'], string>> = {
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
