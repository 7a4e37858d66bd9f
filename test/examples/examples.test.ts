import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, kustomizeBuild, root, runMain } from '../machine.ts';

const examples = join(root, 'examples');

/** An example by itself, as somebody has it who copies it. */
function example(name: string): string {
  const folder = folderOf([]);
  cpSync(join(examples, name), folder, { recursive: true });
  return folder;
}

test('each example is told of', () => {
  const folders = readdirSync(examples, { withFileTypes: true }).filter(entry =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(['plain', 'shop']);
});

test('shop: a spec, the tree that is made of it, and nothing to be said', async () => {
  const folder = example('shop');
  expect(await runMain(folder, ['expand', '--check'])).toMatchObject({ status: 0, stdout: '' });
  for (const name of ['dev', 'prod'])
    expect(kustomizeBuild(join(folder, 'overlays', name)).length).toBeGreaterThan(5);
  expect(await runMain(folder, ['validate'])).toMatchObject({ status: 0, stderr: '' });
  expect(await runMain(folder, ['lint'])).toMatchObject({
    status: 0,
    stdout: 'no findings in 14 objects\n',
  });
  const picture = (await runMain(folder, ['graph', '-e', 'prod', '-o', 'svg'])).stdout;
  await expect(picture).toMatchFileSnapshot(join(root, 'docs/pictures/shop.svg'));
});

test('plain: manifests without a spec, and a change to them that breaks two things', async () => {
  const folder = example('plain');
  const sides = ['--base', 'before', '--head', 'after'];
  expect(await runMain(folder, ['validate', 'before', 'after'])).toMatchObject({
    status: 0,
    stderr: '',
  });
  expect(await runMain(join(folder, 'before'), ['lint', '.'])).toMatchObject({ status: 0 });
  const rules = (text: string): string[] =>
    [...text.matchAll(/ \[([a-z-]+)\]$/gm)].map(([, id = '']) => id);
  expect(rules((await runMain(join(folder, 'after'), ['lint', '.'])).stdout)).toEqual([
    'unknown-secret-key',
  ]);
  expect(rules((await runMain(folder, ['diff', ...sides])).stdout)).toEqual([
    'storage-shrunk',
    'secret-key-lost',
  ]);
});
