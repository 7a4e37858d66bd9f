import { distance } from 'fastest-levenshtein';

/** How many names a hint lists: fewer when it can say which one is meant. */
const MOST_LISTED = { withMeant: 20, alone: 50 } as const;

/** A hint that names what exists: `The stores are: aws, vault. Did you mean "aws"?` `what` is a plural. */
export function knownNames(what: string, name: string, candidates: Iterable<string>): string {
  const names: ReadonlySet<string> = candidates instanceof Set ? candidates : new Set(candidates);
  if (names.size === 0) return `There are no ${what}.`;
  const meant = nearest(name, names);
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  const most = meant === undefined ? MOST_LISTED.alone : MOST_LISTED.withMeant;
  if (names.size > most) return `There are ${names.size} ${what}.${question}`;
  return `The ${what} are: ${[...names].sort().join(', ')}.${question}`;
}

/** Limits: thousands of wrong names, and names longer than any, are no slips of the pen. */
const MOST = { names: 2_000, compared: 500, letters: 500 } as const;

/** The known name that is likely meant: with few letters changed or swapped, or the shortest that contains it. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  if (name.length > MOST.letters) return undefined;
  const candidates: string[] = [];
  for (const candidate of names) {
    if (candidate.length <= MOST.letters) candidates.push(candidate);
    if (candidates.length === MOST.names) break;
  }
  return mostAlike(name, candidates) ?? shortestAround(name.toLowerCase(), candidates);
}

function mostAlike(name: string, candidates: readonly string[]): string | undefined {
  const lowerCase = name.toLowerCase();
  const letters = lettersOf(name);
  let near: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  let left: number = MOST.compared;
  for (const candidate of candidates) {
    const isLike = Math.abs(candidate.length - name.length) < least;
    const others = lettersOf(candidate);
    // Names differ by at least as many changes as one has letters that the other lacks.
    if (!isLike || Math.max(bitsOf(letters & ~others), bitsOf(others & ~letters)) >= least)
      continue;
    const changes = changesBetween(lowerCase, candidate.toLowerCase());
    if (changes < least) [near, least] = [candidate, changes];
    left -= 1;
    if (left === 0) break;
  }
  return near;
}

/** The letters of a name as bits, upper case as lower: tells most names apart at once. */
function lettersOf(name: string): number {
  let letters = 0;
  for (let at = 0; at < name.length; at++) letters |= 1 << (name.charCodeAt(at) & 31);
  return letters;
}

function bitsOf(letters: number): number {
  let [bits, rest] = [0, letters];
  for (; rest !== 0; bits++) rest &= rest - 1;
  return bits;
}

function changesBetween(a: string, b: string): number {
  const [from, to] = differingParts(a, b).parts;
  const changes = distance(from, to);
  const isSwap = changes === 2 && from.length === to.length && sorted(from) === sorted(to);
  return isSwap ? 1 : changes;
}

/** The parts of two texts between the same beginning and the same end, and the length of that beginning. */
function differingParts(a: string, b: string) {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a[at] === b[at]) at++;
  let end = 0;
  while (end < shorter - at && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { at, parts: [a.slice(at, a.length - end), b.slice(at, b.length - end)] as const };
}

/** Whether two names differ by two letters beside each other that changed places. */
export function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const [from, to] = differingParts(a, b).parts;
  return /^[a-z]{2}$/i.test(from) && from === [...to].reverse().join('');
}

function sorted(text: string): string {
  return [...text].sort().join('');
}

function shortestAround(name: string, candidates: readonly string[]): string | undefined {
  let shortest: string | undefined;
  for (const candidate of candidates) {
    const isShorter = shortest === undefined || candidate.length < shortest.length;
    if (isShorter && isPart(name, candidate.toLowerCase())) shortest = candidate;
  }
  return shortest;
}

function isPart(name: string, candidate: string): boolean {
  if (Math.min(name.length, candidate.length) < 4) return false;
  return candidate.includes(name) || name.includes(candidate);
}

/** The name that is likely meant: the first of which this one is a slip of the pen. */
export function slipFor(name: string, candidates: readonly string[]): string | undefined {
  return candidates.slice(0, MOST.names).find(candidate => isSlip(name, candidate));
}

/** Whether a name is a slip of the pen for another: a part between dashes differs by a letter or two. */
export function isSlip(name: string, meant: string): boolean {
  if (name === meant || name.length + meant.length > MOST.letters) return false;
  // It is asked of all pairs of names: most differ too much, or where they begin.
  const isNear = Math.abs(name.length - meant.length) <= 2;
  if (!isNear && name[0] !== meant[0]) return false;
  const { at, parts } = differingParts(name, meant);
  const [from, to] = parts;
  // They differ in several parts, or begin to differ with a dash that one of them lacks.
  if (from.startsWith('-') || to.startsWith('-'))
    return from.length !== to.length && from.replaceAll('-', '') === to.replaceAll('-', '');
  if (!isNear || `${from}${to}`.includes('-')) return false;
  const start = name.lastIndexOf('-', at - 1) + 1;
  const length = `${name}-`.indexOf('-', at + from.length) - start;
  if (length + Math.min(0, to.length - from.length) < 4) return false;
  const [bare, otherBare] = parts.map(part => part.replaceAll(/\d/g, ''));
  return bare !== otherBare && changesBetween(from, to) <= (length < 6 ? 1 : 2);
}

/** Whether a text matches a pattern of IAM: `*` is any characters, `?` is one. Time is at most quadratic. */
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

/** Whether a text has pieces in their order, the first at its beginning and the last at its end. */
export function hasPieces([first = '', ...more]: readonly string[], text: string): boolean {
  const last = more.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  const end = text.length - last.length;
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const piece of more) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
