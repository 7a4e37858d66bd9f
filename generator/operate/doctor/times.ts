import { isMap, type JsonObject, listAt, textAt } from '../../ground/json.ts';

/** As the API server writes times; those of Leases and Events have fractions. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** The times in an object that have been: when it was made, written, looked at and started. */
export function timesIn(object: JsonObject): string[] {
  const status = isMap(object['status']) ? object['status'] : {};
  const found = [
    textAt(object, 'metadata', 'creationTimestamp'),
    ...listAt(object, 'metadata', 'managedFields').map(entry => textAt(entry, 'time')),
    ...listAt(status, 'conditions').map(entry => textAt(entry, 'lastTransitionTime')),
    textAt(status, 'refreshTime'),
    textAt(status, 'startTime'),
    ...listAt(status, 'containerStatuses').map(entry =>
      textAt(entry, 'state', 'running', 'startedAt'),
    ),
  ];
  return found.filter(time => time !== undefined);
}

/** The newest of these times; undefined: none is one. */
export function newestOf(times: readonly string[]): string | undefined {
  return times.reduce<string | undefined>((newest, time) => {
    if (!TIME.test(time) || Number.isNaN(Date.parse(time))) return newest;
    return newest === undefined || Date.parse(time) > Date.parse(newest) ? time : newest;
  }, undefined);
}

/** The seconds from one time to another; undefined: one of them is none. */
export function secondsBetween(
  before: string | undefined,
  after: string | undefined,
): number | undefined {
  if (!TIME.test(before ?? '') || !TIME.test(after ?? '')) return undefined;
  const seconds = (Date.parse(after ?? '') - Date.parse(before ?? '')) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** How long that is, as kubectl has it: `3d`, `12m`, `40s`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = UNITS.find(([, length]) => whole >= 2 * length) ?? ['s', 1];
  return `${Math.floor(whole / size)}${unit}`;
}
