import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { alone, root, runMain } from '../machine.ts';

/** What a kind reads: each file has reads of Secrets that are there, and of some that are not. */
const folder = join(root, 'test/readers');
const cases = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.yaml'),
);

test.for(cases)('%s', async file => {
  const { stdout } = await runMain(alone(join(folder, file)), ['lint', basename(file)]);
  expect(stdout).toMatch(/\[(unknown-secret|unknown-secret-key)\]/);
  await expect(stdout).toMatchFileSnapshot(join(folder, file.replace(/yaml$/, 'out')));
});
