/** Lines that both sides have, or lines of one side that stand in place of the other's. */
export type Run =
  | { readonly isSame: true; readonly lines: readonly string[] }
  | { readonly isSame: false; readonly base: readonly string[]; readonly head: readonly string[] };

/** Above this many pairs of lines, all between the common ends is taken as replaced. */
const MANY = 4_000_000;

/** Two texts, line by line: the longest common subsequence stays, the rest is replaced. */
export function lineDiff(base: readonly string[], head: readonly string[]): Run[] {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && base[start] === head[start]) start += 1;
  let end = 0;
  while (end < shorter - start && base.at(-1 - end) === head.at(-1 - end)) end += 1;
  const before = base.slice(start, base.length - end);
  const after = head.slice(start, head.length - end);
  const isMany = before.length * after.length > MANY;
  const same = (lines: readonly string[]): Run[] =>
    lines.length === 0 ? [] : [{ isSame: true, lines }];
  return [
    ...same(base.slice(0, start)),
    ...(isMany ? [{ isSame: false, base: before, head: after } as const] : runs(before, after)),
    ...same(base.slice(base.length - end)),
  ];
}

function runs(base: readonly string[], head: readonly string[]): Run[] {
  const steps = [...stepsOf(base, head)];
  const found: Run[] = [];
  let [i, j] = [0, 0];
  for (let at = 0; at < steps.length; ) {
    const [line, other] = [i, j];
    const isSame = steps[at] === 'both';
    for (; at < steps.length && (steps[at] === 'both') === isSame; at += 1) {
      if (steps[at] !== 'head') i += 1;
      if (steps[at] !== 'base') j += 1;
    }
    const [before, after] = [base.slice(line, i), head.slice(other, j)];
    found.push(isSame ? { isSame, lines: before } : { isSame, base: before, head: after });
  }
  return found;
}

/** Which side has the next line, from the first to the last. */
function* stepsOf(
  base: readonly string[],
  head: readonly string[],
): Iterable<'both' | 'base' | 'head'> {
  const commonFrom = commonLengths(base, head);
  let [i, j] = [0, 0];
  while (i < base.length || j < head.length) {
    const isBase = commonFrom(i + 1, j) >= commonFrom(i, j + 1);
    const next = base[i] === head[j] ? 'both' : isBase ? 'base' : 'head';
    yield next;
    if (next !== 'head') i += 1;
    if (next !== 'base') j += 1;
  }
}

/** How many lines the rests of two texts have in common, from a line of each on; -1: no such rest. */
function commonLengths(
  base: readonly string[],
  head: readonly string[],
): (i: number, j: number) => number {
  const width = head.length + 1;
  const lengths = new Uint32Array((base.length + 1) * width);
  const lengthAt = (i: number, j: number): number =>
    j < width ? (lengths[i * width + j] ?? -1) : -1;
  for (let i = base.length - 1; i >= 0; i -= 1) {
    for (let j = head.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        base[i] === head[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  return lengthAt;
}
