import { expect, test } from 'vitest';
import { isMissed } from './measure.ts';

test('a ratio that is more than its goal is missed, and one that is no number', () => {
  const ratios = [1, 1.01, Number.NaN].map(value => isMissed(['x', value, 'ratio', 1]));
  expect(ratios).toEqual([false, true, true]);
  expect(isMissed(['x', 2, 'ratio'])).toBe(false);
  expect(isMissed(['x', 2, 'seconds', 1])).toBe(false);
});
