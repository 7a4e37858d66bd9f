import { isMap, type Json, type JsonObject } from '../../../core/json.ts';
import { lineDiff, linesOf, type Run } from '../../shown-changes.ts';
import { type Differing, differing, whole } from './secret-entries.ts';

/** A passage of two manifests that stand side by side. */
export type Passage =
  | { readonly what: 'same'; readonly text: string }
  /** Lines that both sides have, far from any change; the text is empty where it is not shown at all. */
  | { readonly what: 'folded'; readonly text: string; readonly count: number }
  | {
      readonly what: 'replaced';
      readonly base: readonly Differing[];
      readonly head: readonly Differing[];
    };

/** How many unchanged lines stand around a change. */
const AROUND = 3;

/**
 * Two manifests of an object, line by line. Head is as it is written; the fields of base come in
 * head's order, as order is no change.
 */
export function sideBySide(base: JsonObject, head: JsonObject): Passage[] {
  return passages(linesOf(inOrderOf(base, head)), linesOf(head));
}

/** Two texts of several lines, without what of them is the same and far from any change. */
export function textSides(base: string, head: string): Passage[] {
  return passages(base.split('\n'), head.split('\n')).map(passage =>
    passage.what === 'folded' ? { ...passage, text: '' } : passage,
  );
}

function passages(base: readonly string[], head: readonly string[]): Passage[] {
  const runs = lineDiff(base, head);
  return runs.flatMap((run, index) =>
    run.isSame
      ? folded(run.lines, { isFirst: index === 0, isLast: index === runs.length - 1 })
      : [replaced(run)],
  );
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

function folded(
  lines: readonly string[],
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): Passage[] {
  const [above, below] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND];
  const count = lines.length - above - below;
  if (count < 2) return [{ what: 'same', text: lines.join('\n') }];
  const same = (some: readonly string[]): Passage[] =>
    some.length === 0 ? [] : [{ what: 'same', text: some.join('\n') }];
  return [
    ...same(lines.slice(0, above)),
    { what: 'folded', text: lines.slice(above, above + count).join('\n'), count },
    ...same(lines.slice(above + count)),
  ];
}

/** Lines that stand against each other one by one show which part of them differs. */
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
