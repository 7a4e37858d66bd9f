import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, root, runMain } from '../machine.ts';

/*
 * A database renamed, a target renamed, a key renamed that is in use, and a host left on the old
 * Service: a differ that knows no Secrets shows a handful of harmless names.
 */
test('five documents, four small changes, three causes, six things that are lost', async () => {
  const folder = join(root, 'test/review/five-documents');
  const { stdout } = exits(1, await runMain(folder, 'diff --base base.yaml --head head.yaml'));
  await expect(stdout).toMatchFileSnapshot(join(folder, 'review.txt'));
});
