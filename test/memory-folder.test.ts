import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from './machine.ts';
import { ownFolder } from './memory-folder.ts';

const NAME = `rem-secrets-${process.getuid?.() ?? 0}`;

test('what others may have put where our scratch folder would be is not used', () => {
  const [shared, mine] = [folderOf(), folderOf()];
  symlinkSync(mine, join(shared, NAME));
  expect(ownFolder(shared)).toBeUndefined();
  expect(readdirSync(mine)).toEqual([]);
  const open = folderOf();
  mkdirSync(join(open, NAME));
  chmodSync(join(open, NAME), 0o777);
  expect(ownFolder(open)).toBeUndefined();
});

test('what a run that was killed left goes after a day', () => {
  const scratch = ownFolder(folderOf()) ?? '';
  const [old, young] = [join(scratch, 'old'), join(scratch, 'young')];
  for (const folder of [old, young]) mkdirSync(folder);
  utimesSync(old, 0, 0);
  expect(ownFolder(join(scratch, '../..'))).toBe(scratch);
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});
