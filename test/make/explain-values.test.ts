import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, root, runMain } from '../machine.ts';

const spec = readFileSync(join(root, 'test/golden/variables/rem-secrets.yaml'));

test('each variable is listed with its values and places, and what stays as it is', async () => {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  const { status, stdout, stderr } = await runMain(folder, 'expand --explain-values');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(join(root, 'test/make/explain-values.txt'));
});

test('lint says once which names are no variables', async () => {
  const folder = folderOf();
  cpSync(join(root, 'test/golden/variables/expected'), folder, { recursive: true });
  cpSync(join(root, 'test/golden/variables/rem-secrets.yaml'), join(folder, 'rem-secrets.yaml'));
  const { stdout } = await runMain(folder, 'lint');
  expect(stdout).toMatch(/; no variables of the spec, and left as they are: \$\{HOME\}\n$/);
});
