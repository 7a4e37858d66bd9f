import { expect, test } from 'vitest';
import { withFields } from '../../generator/core/json.ts';

test('a map with a field taken out has no such field, and one that stays is not copied', () => {
  const map = { optional: false, key: 'a' };
  const without = withFields(map, Object.keys(map), (name, value) =>
    name === 'optional' ? undefined : value,
  );
  expect(without).toStrictEqual({ key: 'a' });
  expect(withFields(map, Object.keys(map), (_, value) => value)).toBe(map);
});
