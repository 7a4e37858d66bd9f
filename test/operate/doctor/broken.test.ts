import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../machine.ts';
import { brokenCluster, brokenClusters } from './broken-clusters.ts';

const expected = join(root, 'test/operate/doctor/expected');

test.for(brokenClusters)('%s', async name => {
  const { status, stdout, stderr } = await brokenCluster(name).doctor();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^rem-secrets: Secrets: \d well, [1-9] broken, \d not known\n$/);
  await expect(stdout).toMatchFileSnapshot(join(expected, `${name}.txt`));
});

test('each of them is expected, and nothing else', () => {
  expect(readdirSync(expected).sort()).toEqual(brokenClusters.map(name => `${name}.txt`).sort());
});
