import { expect, test } from 'vitest';
import { commentsOf } from '../../generator/yaml/places.ts';

const text = `# the file
# is about a
a: 1 # one
b:
  # above c
  c: 'x # no comment'
  d: |
    # no comment
  e: y#no # but this, # whole
list:
  # the first
  - x
  - name: z # behind
---
# second
f: 1
# at the end
`;

test('comments are at the values that they stand above or behind', () =>
  expect([...commentsOf(text)]).toEqual([
    [
      0,
      [
        { path: ['a'], lines: ['one'], isBehind: true },
        { path: [], lines: ['the file', 'is about a'], isBehind: false },
        { path: ['b', 'e'], lines: ['but this, # whole'], isBehind: true },
        { path: ['b', 'c'], lines: ['above c'], isBehind: false },
        { path: ['list', 1, 'name'], lines: ['behind'], isBehind: true },
        { path: ['list', 0], lines: ['the first'], isBehind: false },
      ],
    ],
    [1, [{ path: [], lines: ['second', 'at the end'], isBehind: false }]],
  ]));

test('a text that is no YAML has none', () => {
  expect(commentsOf('a: [ # open').size).toBe(0);
  expect(commentsOf('a: 1').size).toBe(0);
});
