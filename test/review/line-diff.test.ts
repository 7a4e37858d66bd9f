import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differing, sideBySide } from '../../generator/diff/formats/html/changes.ts';
import { lineDiff, type Run } from '../../generator/diff/formats/line-diff.ts';
import { hold } from '../hostile/fuzz/hold.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

function linesOf(runs: readonly Run[], side: 'base' | 'head'): string[] {
  return runs.flatMap(run => (run.isSame ? run.lines : run[side]));
}

test('the runs are both texts, and same and other ones take turns', async () =>
  await hold('runs of lines', 100, [lines, lines], (base, head) => {
    const runs = lineDiff(base, head);
    expect(linesOf(runs, 'base')).toEqual(base);
    expect(linesOf(runs, 'head')).toEqual(head);
  }));

test('as many lines as possible are the same', async () =>
  await hold('same lines', 100, [lines, lines], (base, head) => {
    const same = lineDiff(base, head).flatMap(run => (run.isSame ? run.lines : []));
    expect(same.length).toBe(longest(base, head));
  }));

/** The length of the longest common subsequence, by its definition. */
function longest(
  [first, ...rest]: readonly string[],
  other: readonly string[],
  known = new Map<string, number>(),
): number {
  if (first === undefined || other.length === 0) return 0;
  const key = `${rest.length} ${other.length}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const at = other.indexOf(first);
  const taken = at < 0 ? 0 : 1 + longest(rest, other.slice(at + 1), known);
  const found = Math.max(taken, longest(rest, other, known));
  known.set(key, found);
  return found;
}

test.for([
  ['size: 100Gi', 'size: 50Gi', 'size: [100Gi]', 'size: [50Gi]'],
  ['rem:0.3.0', 'rem:0.4.0', 'rem:0.[3].0', 'rem:0.[4].0'],
  ['  a: b', '  c: d', '  a: b', '  c: d'],
  ['a', 'a b', 'a', 'a[ b]'],
  ['x 😀 y', 'x 😁 y', 'x [😀] y', 'x [😁] y'],
])('%j and %j differ in whole words', ([base = '', head = '', left, right]) => {
  const shown = differing(base, head);
  const marked = [shown.base, shown.head].map(({ before, middle, after }) =>
    middle === '' ? before + after : `${before}[${middle}]${after}`,
  );
  expect(marked).toEqual([left, right]);
});

test('the two sides of differing texts are the texts', async () =>
  await hold(
    'two sides',
    100,
    [fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })],
    (base, head) => {
      const shown = differing(base, head);
      for (const [text, { before, middle, after }] of [
        [base, shown.base],
        [head, shown.head],
      ] as const)
        expect(before + middle + after).toBe(text);
    },
  ));

test('another order of fields is no change, and far from a change lines are folded', () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`a${at}`, at]));
  const parts = sideBySide({ z: { c: 1, b: 2, gone: 3 }, ...many }, { ...many, z: { b: 2, c: 4 } });
  expect(parts.map(({ what }) => what)).toEqual(['folded', 'same', 'replaced']);
  expect(parts.at(-1)).toMatchObject({
    base: [{ before: '  gone: 3' }, { before: '  c: 1' }],
    head: [{ before: '  c: 4' }],
  });
});
