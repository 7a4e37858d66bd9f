import { distance } from 'fastest-levenshtein';
import { maskMessage } from './mask.ts';
import { oncePerText } from './once.ts';

/** How many values each field has, from minutes to days of the week. */
const RANGES = [60, 24, 31, 12, 7] as const;

const WORDS: Readonly<Record<string, number>> = {
  '@yearly': 1 / 12,
  '@annually': 1 / 12,
  '@monthly': 1,
  '@weekly': 30 / 7,
  '@daily': 30,
  '@midnight': 30,
  '@hourly': 720,
};

/**
 * About how often a cron schedule comes due in a month of 30 days; undefined where it is not read.
 * A field before the five is of seconds, and a time zone may stand before them all.
 */
export function runsPerMonth(schedule: string): number | undefined {
  const text = schedule.trim().replace(/^(CRON_)?TZ=\S+\s+/, '');
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return word;
  const fields = text.split(/\s+/).slice(-RANGES.length);
  const counts = fields.map((field, index) => countIn(field, RANGES[index] ?? 0));
  const [minutes, hours, dates, months, days] = counts;
  if (minutes === undefined || hours === undefined || dates === undefined) return undefined;
  if (months === undefined || days === undefined) return undefined;
  const isByDate = dates < 31;
  const inMonth = days < 7 ? (days * 30) / 7 + (isByDate ? dates : 0) : isByDate ? dates : 30;
  return minutes * hours * Math.min(inMonth, 30) * (months / 12);
}

/** How many values a field means: `*`, `1-5`, `1,15`, `MON`, each with a step behind it. */
function countIn(field: string, range: number): number | undefined {
  const counts = field.split(',').map(part => partCount(part, range));
  const known = counts.filter(count => count !== undefined);
  return known.length < counts.length ? undefined : known.reduce((sum, count) => sum + count, 0);
}

const PART = /^(?:(\*|\?)|(\d{1,2})(?:-(\d{1,2}))?|([a-z]{3})(?:-([a-z]{3}))?)(?:\/(\d{1,2}))?$/i;

function partCount(part: string, range: number): number | undefined {
  const match = PART.exec(part);
  if (match === null) return undefined;
  const [, any, from, to, day, lastDay, step] = match;
  if (lastDay !== undefined) return undefined;
  const isAll = any !== undefined || (step !== undefined && to === undefined && day === undefined);
  const width = isAll
    ? range - Number(from ?? 0)
    : to === undefined
      ? 1
      : Number(to) - Number(from) + 1;
  return Math.max(1, Math.ceil(width / Math.max(1, Number(step ?? 1))));
}

/**
 * Whether a text matches a pattern with `*` (any characters) and `?` (one), as IAM has it. Takes
 * time proportional to both lengths multiplied, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  for (let i = 0; i < text.length; ) {
    const sign = pattern[at];
    if (sign === '*') {
      [star, mark] = [at, i];
      at++;
    } else if (sign === '?' || (sign !== undefined && sign === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      mark++;
      [at, i] = [star + 1, mark];
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * A Go duration as Go prints it, and so as Kubernetes stores it: `5m` is `5m0s`, `90m` is
 * `1h30m0s`. Text that is no duration comes back as it is: the schema reports it.
 */
export const goDuration: (text: string) => string = oncePerText(printedDuration);

function printedDuration(text: string): string {
  if (!/^([0-9.]+(ns|us|µs|ms|s|m|h))+$/.test(text)) return text === '0' ? '0s' : text;
  const parts = [...text.matchAll(/([0-9.]{1,40})(ns|us|µs|ms|s|m|h)/g)];
  const total = parts.reduce(
    (sum, [, n, unit]) => sum + Number(n) * (NANOSECONDS[unit ?? ''] ?? 0),
    0,
  );
  if (total === 0) return '0s';
  if (total < 1e9) return smallDuration(total);
  const hours = Math.floor(total / 3600e9);
  const minutes = Math.floor((total % 3600e9) / 60e9);
  const seconds = `${(total % 60e9) / 1e9}s`;
  return hours > 0
    ? `${hours}h${minutes}m${seconds}`
    : minutes > 0
      ? `${minutes}m${seconds}`
      : seconds;
}

function smallDuration(total: number): string {
  return total >= 1e6 ? `${total / 1e6}ms` : total >= 1e3 ? `${total / 1e3}µs` : `${total}ns`;
}

/**
 * The seconds of a Go duration, as `time.ParseDuration` reads it; undefined when it refuses the
 * text, as it does days (`1d`), words and numbers without a unit.
 */
export const durationSeconds: (text: string) => number | undefined = oncePerText(parsedSeconds);

function parsedSeconds(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([0-9.]{1,40})([a-zµμ]{1,10})/g)];
  const total = parts.reduce(
    (sum, [, n, unit = '']) => sum + Number(n) * (NANOSECONDS[unit.replace('μ', 'µ')] ?? 0),
    0,
  );
  return (text.startsWith('-') ? -total : total) / 1e9;
}

const POWERS_OF_1000 = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const POWERS_OF_1024 = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A Kubernetes quantity in its canonical form, as the API server stores it: no fraction, and the
 * largest suffix that needs none: `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`
 * (apimachinery, resource.Quantity). Text that is no quantity comes back as it is.
 */
export function canonicalQuantity(text: string): string {
  const match = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|E|[KMGTPE]i)?$/.exec(text);
  if (match === null) return text;
  const [, digits = '', suffix = ''] = match;
  if (suffix.endsWith('i'))
    return scaled(Number(digits), POWERS_OF_1024.indexOf(suffix), 1024n, POWERS_OF_1024) ?? text;
  return scaled(Number(digits), POWERS_OF_1000.indexOf(suffix), 1000n, POWERS_OF_1000) ?? text;
}

function scaled(
  number: number,
  power: number,
  base: bigint,
  suffixes: readonly string[],
): string | undefined {
  let [value, exponent] = [number, power];
  while (!Number.isInteger(value) && exponent > 0)
    [value, exponent] = [value * Number(base), exponent - 1];
  if (!Number.isSafeInteger(value)) return undefined;
  let whole = BigInt(value);
  while (whole !== 0n && whole % base === 0n && exponent < suffixes.length - 1) {
    [whole, exponent] = [whole / base, exponent + 1];
  }
  return whole === 0n ? '0' : `${whole}${suffixes[exponent]}`;
}

/**
 * A Kubernetes quantity as a number; undefined for text that is none. `1e9` is one too
 * (apimachinery, resource.ParseQuantity).
 */
export function quantityValue(text: string): number | undefined {
  const match = /^\+?(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d+)|(m|k|M|G|T|P|E|[KMGTPE]i))?$/.exec(text);
  if (match === null) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = match;
  if (suffix.endsWith('i')) return Number(digits) * 1024 ** POWERS_OF_1024.indexOf(suffix);
  return Number(digits + exponent) * 1000 ** (POWERS_OF_1000.indexOf(suffix) - 1);
}

/**
 * A command for bash: what is put in is one word, or for a list a word each, whatever is in it. It stays on
 * one line, shows all of itself, and has nothing in it that looks like the value of a secret.
 */
export function sh(
  parts: TemplateStringsArray,
  ...words: readonly (string | readonly string[])[]
): string {
  return parts.reduce((text, part, index) => {
    const word = words[index - 1] ?? [];
    const quoted = typeof word === 'string' ? quote(word) : word.map(quote).join(' ');
    return quoted === '' ? text + part.replace(/^ /, '') : text + quoted + part;
  });
}

/** What means nothing to the shell; a command begins with a word of ours, so that nothing is assigned. */
const PLAIN = /^[\w./:@%+,=-]+$/;
/** What is seen, and nothing that a CI server would obey where a log shows it (`##[error]`). */
const SEEN = /^(?:[ -"$-~]|#(?!#))*$/;

function quote(word: string): string {
  const shown = maskMessage(word);
  if (PLAIN.test(shown)) return shown;
  if (SEEN.test(shown)) return `'${shown.replaceAll("'", `'\\''`)}'`;
  return `$'${shown.replaceAll(/[^ -~]|['\\#]/gu, escaped)}'`;
}

/** As `$'…'` reads it, in any locale. */
function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Names that a hint lists: fewer when it can say which one is meant. */
const MOST_LISTED = { besideMeant: 20, alone: 50 } as const;

/**
 * Names that are looked at, those of them that are compared letter by letter, and how long they may
 * be: what is wrong thousands of times, or longer than any name, is no slip of the pen.
 */
const MOST = { names: 10_000, compared: 500, letters: 500 } as const;

/**
 * The known name that is most likely meant, or nothing when none is near: one with few letters
 * changed or two of them swapped, or else the shortest that the name is a part of, or has as one.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > MOST.letters) return undefined;
  const candidates: string[] = [];
  for (const candidate of known) {
    if (candidate.length <= MOST.letters) candidates.push(candidate);
    if (candidates.length === MOST.names) break;
  }
  return likest(name, candidates) ?? around(name.toLowerCase(), candidates);
}

function likest(name: string, candidates: readonly string[]): string | undefined {
  const given = name.toLowerCase();
  const letters = lettersOf(name);
  let near: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  let left: number = MOST.compared;
  for (const candidate of candidates) {
    const isLike = Math.abs(candidate.length - name.length) < least;
    if (!isLike || otherLetters(letters, lettersOf(candidate)) >= least) continue;
    const far = difference(given, candidate.toLowerCase());
    if (far < least) [near, least] = [candidate, far];
    left -= 1;
    if (left === 0) break;
  }
  return near;
}

function around(given: string, candidates: readonly string[]): string | undefined {
  let shortest: string | undefined;
  for (const candidate of candidates)
    if (isPart(given, candidate.toLowerCase(), shortest)) shortest = candidate;
  return shortest;
}

/** The letters of a name as bits, upper case as lower: most names can be told apart by it at once. */
function lettersOf(name: string): number {
  let letters = 0;
  for (let at = 0; at < name.length; at++) letters |= 1 << (name.charCodeAt(at) & 31);
  return letters;
}

/** How many letters only one of two names has: so many changes at least lie between them. */
function otherLetters(a: number, b: number): number {
  return Math.max(bitsOf(a & ~b), bitsOf(b & ~a));
}

function bitsOf(letters: number): number {
  let [bits, rest] = [0, letters];
  for (; rest !== 0; bits++) rest &= rest - 1;
  return bits;
}

/** Changed letters; two that are swapped count as one. */
function difference(a: string, b: string): number {
  const far = distance(a, b);
  const isSwap = far === 2 && a.length === b.length && sorted(a) === sorted(b);
  return isSwap ? 1 : far;
}

function sorted(text: string): string {
  return [...text].sort().join('');
}

function isPart(name: string, candidate: string, before: string | undefined): boolean {
  if (Math.min(name.length, candidate.length) < 4) return false;
  if (before !== undefined && before.length <= candidate.length) return false;
  return candidate.includes(name) || name.includes(candidate);
}

/**
 * A hint that names what exists: `The stores are: aws, vault. Did you mean "aws"?`
 * `what` is the plural without its article.
 */
export function knownNames(what: string, name: string, known: Iterable<string>): string {
  const names = [...known];
  if (names.length === 0) return `There are no ${what}.`;
  const meant = nearest(name, names);
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  const most = meant === undefined ? MOST_LISTED.alone : MOST_LISTED.besideMeant;
  if (names.length > most) return `There are ${names.length} ${what}.${question}`;
  return `The ${what} are: ${names.sort().join(', ')}.${question}`;
}
