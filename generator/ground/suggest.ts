import { distance } from 'fastest-levenshtein';

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
