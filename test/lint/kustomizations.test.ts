import { expect, test } from 'vitest';
import { exits, root, runMain } from '../machine.ts';

test('functions run only when they are allowed to', async () => {
  const overlays = 'test/plugin/overlays/prod';
  const refused = exits(0, await runMain(root, ['lint', '--root', overlays, overlays]));
  expect(refused.stdout).toContain('not read: a function that is no part of kustomize: generator');
  expect(refused.stdout).toContain('hint: --enable-exec runs it, if you trust it');
  const allowed = await runMain(root, ['lint', '--root', overlays, '--enable-exec', overlays]);
  expect(allowed).toMatchObject({ status: 0, stderr: '' });
  expect(allowed.stdout).toMatch(/ in \d+ objects; excluded: .*\n$/);
});
