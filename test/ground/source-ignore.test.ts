import { expect, test } from 'vitest';
import { leavesOut, unreadPatterns } from '../../generator/world/source-views.ts';

/** What Flux's own matcher (fluxcd/pkg/sourceignore 0.14.0) said of these. */
test.for([
  ['', 'apps/cloudbuild.yaml', true],
  ['', 'apps/.sops.yaml', true],
  ['', '.gitignore', true],
  ['/other', 'apps/cloudbuild.yaml', false],
  ['/other', '.gitignore', true],
  ['!.gitignore', '.gitignore', false],
  ['db.yaml', 'apps/db.yaml', true],
  ['/db.yaml', 'apps/db.yaml', false],
  ['apps', 'apps/db/db.yaml', true],
  ['apps/', 'apps/db/db.yaml', true],
  ['db.yaml/', 'apps/db.yaml', false],
  ['/*\n!/apps', 'apps/db.yaml', false],
  ['/*\n!/apps', 'docs/db.yaml', true],
  ['/apps/*\n!db.yaml', 'apps/x/db.yaml', false],
  ['apps/**/db.yaml', 'apps/x/y/db.yaml', true],
  ['apps/**', 'apps/x/db.yaml', true],
  ['**/x/*.yaml', 'apps/x/db.yaml', true],
  ['a**/x', 'apps/x', false],
  ['# db.yaml\n\n  ', 'db.yaml', false],
  ['db.yaml  \r', 'db.yaml', true],
  [' db.yaml', 'db.yaml', false],
  ['d?.yaml', 'db.yaml', undefined],
  ['[d]b.yaml\n/db.yaml', 'db.yaml', true],
] as const)('%j and %s', ([text, path, expected]) => {
  expect(leavesOut([{ folder: '', text }])(path, false)).toBe(expected);
});

test('a file of a folder is about that folder, and comes after those above', () => {
  const isLeftOut = leavesOut([
    { folder: '', text: '*.yaml' },
    { folder: 'apps', text: '!/db.yaml' },
  ]);
  expect(isLeftOut('apps/db.yaml', false)).toBe(false);
  expect(isLeftOut('apps/x/db.yaml', false)).toBe(true);
  expect(isLeftOut('db.yaml', false)).toBe(true);
});

test('what is not read is named by its line', () =>
  expect(unreadPatterns('# [a]\n/a\n[b]\n')).toEqual([{ line: 3, text: '[b]' }]));

test('more patterns than anybody writes are not read', () =>
  expect(leavesOut([{ folder: '', text: 'a\n'.repeat(2_000) }])('b', false)).toBeUndefined());
