import type { Capacity, HomeLoad } from '../../operate/capacity/capacity.ts';
import { LONGER, type Remedy } from '../../operate/capacity/remedies.ts';
import { objectText } from '../text.ts';

/** Whose calls are counted together. */
export function homeTitle({ account, isOwn, region, stores: [store] }: HomeLoad): string {
  const unknown = isOwn || store === undefined ? 'External Secrets' : objectText(store);
  const whose = account === undefined ? `the account of ${unknown}` : `account ${account}`;
  return `${whose}, ${region ?? 'in a region that is not told'}`;
}

const REMEDIES: Readonly<Record<Remedy['what'], string>> = {
  extract: 'keep the values of each object in one entry, as JSON, and take them with extract',
  interval: `refresh no object more often than every ${shownSeconds(LONGER)}`,
  throughput: 'switch on higher throughput of Parameter Store',
};

export function remedyText({ what, factor, callsPerSecond, dollars }: Remedy): string {
  const cost = dollars < 0 ? `saves ${shownDollars(-dollars)}` : `costs ${shownDollars(dollars)}`;
  const money = Math.abs(dollars) < 0.005 ? '' : `, and ${cost} a month`;
  return `${REMEDIES[what]}: the limit is ${shownNumber(factor)} times as far, ${shownNumber(callsPerSecond)} calls a second${money}`;
}

/** What a reader has to know of the forecast, a sentence each. */
export function capacityNotes({ settings, sweep, searches, uncounted }: Capacity): string[] {
  const { interval, seconds, busy, needed } = sweep;
  const isLate = interval !== undefined && (seconds > interval || busy >= 1);
  return [
    ...(searches === 0
      ? []
      : [
          `of what ${searches} searches find it is assumed: ${settings.found} entries each (--found)`,
        ]),
    ...(isLate
      ? [
          `one sweep takes longer than the shortest interval, so that new objects wait: --concurrent=${needed} of External Secrets would do, and brings the peak up`,
        ]
      : []),
    ...uncounted.map(
      object =>
        `dataTo of ${objectText(object)} is not counted: what it pushes is known only from the Secret`,
    ),
  ];
}

/** A number of a forecast: as exact as what it comes from. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** The same for people, with commas between thousands. */
export function shownNumber(value: number): string {
  if (value < 100) return String(Number(value.toPrecision(2)));
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3}){1,8}$)/g, ',');
}

/** Cents are told of small sums alone. */
function shownDollars(value: number): string {
  return value < 100 ? `$${value.toFixed(2)}` : `$${shownNumber(value)}`;
}

/** Seconds as ESO's intervals are written. */
export function shownSeconds(value: number): string {
  if (value < 60) return `${shownNumber(value)}s`;
  const minutes = Math.round(value / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours > 0 ? `${hours}h` : ''}${rest > 0 ? `${rest}m` : ''}`;
}
