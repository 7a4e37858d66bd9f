import { sum } from './json.ts';
import { oncePerText } from './once.ts';

/** The units of Go durations in nanoseconds; Go takes both letters that look like a µ. */
const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A Go duration as Go prints it: `5m` is `5m0s`, `90m` is `1h30m0s`. Text that is no duration comes back as it is. */
export const goDuration: (text: string) => string = oncePerText(printedDuration);

function printedDuration(text: string): string {
  if (!/^([0-9.]+(ns|us|µs|ms|s|m|h))+$/.test(text)) return text === '0' ? '0s' : text;
  const total = nanoseconds(text);
  if (total === 0) return '0s';
  if (total < 1e3) return `${total}ns`;
  if (total < 1e6) return `${total / 1e3}µs`;
  if (total < 1e9) return `${total / 1e6}ms`;
  const hours = Math.floor(total / 3600e9);
  const minutes = Math.floor((total % 3600e9) / 60e9);
  const seconds = `${(total % 60e9) / 1e9}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function nanoseconds(text: string): number {
  const parts = text.matchAll(/([0-9.]{1,40})([a-zµμ]{1,10})/g);
  return sum([...parts].map(([, n, unit = '']) => Number(n) * (NANOSECONDS[unit] ?? 0)));
}

/** The seconds of a duration, as `time.ParseDuration` reads it; undefined for others, such as `1d` and `1`. */
export const durationSeconds: (text: string) => number | undefined = oncePerText(parsedSeconds);

function parsedSeconds(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const total = nanoseconds(text);
  return (text.startsWith('-') ? -total : total) / 1e9;
}

const POWERS_OF_1000 = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const POWERS_OF_1024 = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A Kubernetes quantity as the API server stores it (apimachinery, resource.Quantity): `0.5` is `500m`. */
export function canonicalQuantity(text: string): string {
  const match = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|E|[KMGTPE]i)?$/.exec(text);
  if (match === null) return text;
  const [, digits = '', suffix = ''] = match;
  const isBinary = suffix.endsWith('i');
  const [base, suffixes] = isBinary ? [1024n, POWERS_OF_1024] : [1000n, POWERS_OF_1000];
  let [value, exponent] = [Number(digits), suffixes.indexOf(suffix)];
  while (!Number.isInteger(value) && exponent > 0)
    [value, exponent] = [value * Number(base), exponent - 1];
  if (!Number.isSafeInteger(value)) return text;
  let whole = BigInt(value);
  while (whole !== 0n && whole % base === 0n && exponent < suffixes.length - 1)
    [whole, exponent] = [whole / base, exponent + 1];
  return whole === 0n ? '0' : `${whole}${suffixes[exponent]}`;
}

/** A quantity, such as `1e9`, as a number; undefined for other text (apimachinery, resource.ParseQuantity). */
export function quantityValue(text: string): number | undefined {
  const match = /^\+?(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d+)|(m|k|M|G|T|P|E|[KMGTPE]i))?$/.exec(text);
  if (match === null) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = match;
  if (suffix.endsWith('i')) return Number(digits) * 1024 ** POWERS_OF_1024.indexOf(suffix);
  return Number(digits + exponent) * 1000 ** (POWERS_OF_1000.indexOf(suffix) - 1);
}

/** How many values each field of a cron schedule has, from minutes to days of the week. */
const RANGES = [60, 24, 31, 12, 7] as const;

const RUNS_OF_WORD: Readonly<Record<string, number>> = {
  '@yearly': 1 / 12,
  '@annually': 1 / 12,
  '@monthly': 1,
  '@weekly': 30 / 7,
  '@daily': 30,
  '@midnight': 30,
  '@hourly': 720,
};

/** About how often a cron schedule comes due in 30 days, with seconds and time zone or not; undefined: unreadable. */
export function runsPerMonth(schedule: string): number | undefined {
  const text = schedule.trim().replace(/^(CRON_)?TZ=\S+\s+/, '');
  const runs = RUNS_OF_WORD[text.toLowerCase()];
  if (runs !== undefined) return runs;
  const fields = text.split(/\s+/).slice(-RANGES.length);
  const counts = fields.map((field, index) => valuesOf(field, RANGES[index] ?? 0));
  const [minutes, hours, dates, months, days] = counts;
  if (minutes === undefined || hours === undefined || dates === undefined) return undefined;
  if (months === undefined || days === undefined) return undefined;
  const isByDate = dates < 31;
  const inMonth = days < 7 ? (days * 30) / 7 + (isByDate ? dates : 0) : isByDate ? dates : 30;
  return minutes * hours * Math.min(inMonth, 30) * (months / 12);
}

function valuesOf(field: string, range: number): number | undefined {
  const counts = field.split(',').map(part => valuesOfPart(part, range));
  return counts.includes(undefined) ? undefined : sum(counts.map(count => count ?? 0));
}

const PART = /^(?:(\*|\?)|(\d{1,2})(?:-(\d{1,2}))?|([a-z]{3})(?:-([a-z]{3}))?)(?:\/(\d{1,2}))?$/i;

function valuesOfPart(part: string, range: number): number | undefined {
  const match = PART.exec(part);
  if (match === null) return undefined;
  const [, any, from, to, day, lastDay, step] = match;
  if (lastDay !== undefined) return undefined;
  const isAll = any !== undefined || (step !== undefined && to === undefined && day === undefined);
  const end = isAll ? range - 1 : Number(to ?? from ?? 0);
  const width = end - Number(from ?? 0) + 1;
  return Math.max(1, Math.ceil(width / Math.max(1, Number(step ?? 1))));
}
