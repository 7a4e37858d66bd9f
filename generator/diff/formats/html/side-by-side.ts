import { isMap, type Json, type JsonObject } from '../../../core/json.ts';
import { foldLines, lineDiff, linesOf, type Run } from '../line-diff.ts';

/** A passage of two manifests side by side. */
export type Passage =
  | { readonly what: 'same'; readonly text: string }
  /** Lines that both sides have, far from any change. The text is empty if it cannot be opened. */
  | { readonly what: 'folded'; readonly text: string; readonly count: number }
  | {
      readonly what: 'replaced';
      readonly base: readonly Differing[];
      readonly head: readonly Differing[];
    };

/** How many unchanged lines are shown around a change. */
const AROUND = 3;

/** Two manifests of an object, line by line. The fields of base are in the order of head, as their order is no change. */
export function sideBySide(base: JsonObject, head: JsonObject): Passage[] {
  return passages(linesOf(inOrderOf(base, head)), linesOf(head));
}

/** Two texts of several lines, without the lines that are the same and far from any change. */
export function textSides(base: string, head: string): Passage[] {
  return passages(base.split('\n'), head.split('\n')).map(passage =>
    passage.what === 'folded' ? { ...passage, text: '' } : passage,
  );
}

function passages(base: readonly string[], head: readonly string[]): Passage[] {
  const runs = lineDiff(base, head);
  return runs.flatMap((run, index) => {
    if (!run.isSame) return [replaced(run)];
    const ends = { isFirst: index === 0, isLast: index === runs.length - 1 };
    return samePassages(foldLines(run.lines, AROUND, ends));
  });
}

/** A value with its fields in the order of another. */
function inOrderOf(value: Json, other: Json | undefined): Json {
  if (Array.isArray(value))
    return value.map((item, index) =>
      inOrderOf(item, Array.isArray(other) ? other[index] : undefined),
    );
  if (!isMap(value)) return value;
  const names = Object.keys(value);
  const order = new Map((isMap(other) ? Object.keys(other) : []).map((name, at) => [name, at]));
  let last = -1;
  const places = new Map(
    names.map(name => {
      last = order.get(name) ?? last;
      return [name, last];
    }),
  );
  names.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return Object.fromEntries(
    names.map(name => [
      name,
      inOrderOf(value[name] ?? null, isMap(other) ? other[name] : undefined),
    ]),
  );
}

function samePassages({ above, folded, below }: ReturnType<typeof foldLines>): Passage[] {
  const same = (lines: readonly string[]): Passage[] =>
    lines.length === 0 ? [] : [{ what: 'same', text: lines.join('\n') }];
  const fold: Passage = { what: 'folded', text: folded.join('\n'), count: folded.length };
  return [...same(above), ...(folded.length > 0 ? [fold] : []), ...same(below)];
}

/** If both sides have as many lines, each shows which part of it differs. */
function replaced({ base, head }: Run & { readonly isSame: false }): Passage {
  if (base.length !== head.length)
    return { what: 'replaced', base: base.map(whole), head: head.map(whole) };
  const pairs = base.map((line, index) => differing(line, head[index] ?? ''));
  return {
    what: 'replaced',
    base: pairs.map(pair => pair.base),
    head: pairs.map(pair => pair.head),
  };
}

/** A text, and the part of it that differs from the other side. */
export interface Differing {
  readonly before: string;
  readonly middle: string;
  readonly after: string;
}

/** Two texts with the words between their common ends. If little is common, nothing is marked. */
export function differing(
  base: string,
  head: string,
): { readonly base: Differing; readonly head: Differing } {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && base[start] === head[start]) start += 1;
  while (isInWord(base, start) || isInWord(head, start)) start -= 1;
  let end = 0;
  while (end < shorter - start && base.at(-1 - end) === head.at(-1 - end)) end += 1;
  while (isInWord(base, base.length - end) || isInWord(head, head.length - end)) end -= 1;
  const indent = /^[\s-]*/.exec(base)?.[0].length ?? 0;
  if ((start + end - indent) * 3 < shorter - indent)
    return { base: whole(base), head: whole(head) };
  return { base: parted(base, start, end), head: parted(head, start, end) };
}

/** Whether an index of a text is inside of a word, or of a character. */
function isInWord(text: string, at: number): boolean {
  const around = text.slice(Math.max(0, at - 1), at + 1);
  if (at === 0 || around.length < 2) return false;
  return /^[\p{L}\p{N}]{2}$/u.test(around) || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(around);
}

function parted(text: string, start: number, end: number): Differing {
  const last = text.length - end;
  return { before: text.slice(0, start), middle: text.slice(start, last), after: text.slice(last) };
}

/** A text with no part marked. */
export function whole(text: string): Differing {
  return { before: text, middle: '', after: '' };
}
