import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, runKeeping } from '../../machine.ts';

const FILES = [
  ['kustomization.yaml', 'namePrefix: a-\nresources: [a.yaml]\n'],
  ['a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop }\n'],
] as const;

function plant(builds: string): void {
  for (const name of readdirSync(builds)) writeFileSync(join(builds, name), 'kind: Planted\n');
}

test('what was built is kept in a cache of the user', async () => {
  const [cache, folder] = [folderOf(), folderOf(FILES)];
  expect((await runKeeping(cache, folder, 'lint .')).status).toBe(0);
  // The build, and which kustomize it was.
  expect(readdirSync(join(cache, 'rem-secrets/builds'))).toHaveLength(2);
});

test('a cache that a checkout holds is not used, and not made', async () => {
  for (const place of ['.cache', 'a/b/.cache']) {
    const folder = folderOf([...FILES, ['.git/HEAD', 'ref: refs/heads/main\n']]);
    expect((await runKeeping(join(folder, place), folder, 'lint .')).status).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['.git', 'a.yaml', 'kustomization.yaml']);
  }
});

test('what somebody else saved in a checkout changes nothing', async () => {
  const cache = folderOf();
  const first = await runKeeping(cache, folderOf(FILES), 'graph -o json .');
  plant(join(cache, 'rem-secrets/builds'));
  // As if the cache were restored into the working tree.
  const [name = ''] = readdirSync(join(cache, 'rem-secrets/builds'));
  const planted = folderOf([
    ...FILES,
    ['.git/HEAD', ''],
    [`.cache/rem-secrets/builds/${name}`, 'kind: Planted\n'],
  ]);
  expect(await runKeeping(join(planted, '.cache'), planted, 'graph -o json .')).toEqual(first);
});
