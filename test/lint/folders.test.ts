import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, type Ran, runMain } from '../machine.ts';
import { podReading } from '../manifests.ts';
import { keys, store, web } from './shop.ts';

const pod = podReading('web-keys');

test('in a folder of a repository the rest of it is known', async () => {
  const files = [
    ['secrets/keys.yaml', keys],
    ['secrets/store.yaml', store],
    ['apps/web.yaml', web],
  ] as const;
  const lintHere = (folder: string): Promise<Ran> => runMain(join(folder, 'apps'), 'lint .');
  const { status, stdout } = await lintHere(folderOf([...files, ['.git/HEAD', '']]));
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'no findings in 1 object\n' });
  expect((await lintHere(folderOf(files))).status).toBe(1);
});

test.for([
  ['lint', 'absent.yaml'],
  ['lint', 'pod.yaml', 'absent'],
  ['graph', 'pod.yaml', 'absent'],
  ['iam', 'pod.yaml', 'absent'],
])('a path that is not there is wrong usage: %j', async args => {
  const { status, stdout, stderr } = await runMain(folderOf([['pod.yaml', pod]]), args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^rem-secrets: there is no absent(\.yaml)?\n$/);
});

test.for([
  ['.', [], 'nothing to read at .: no manifest, and no kustomization'],
  ['-', [], 'nothing to read at stdin: no manifest, and no kustomization'],
  [
    '.',
    [['mkdocs.yml', 'a: !!python/name:b c\n']],
    'nothing to read at .: no manifest, and no kustomization',
  ],
  ['a.yaml', [['a.yaml', '']], 'nothing to read at a.yaml: no manifest, and no kustomization'],
  [
    '.',
    [['shop/Chart.yaml', 'name: shop\n']],
    'nothing to read at .: no manifest, and no kustomization, only Helm charts: --helm reads them, and so does `helm template . | rem-secrets lint -`',
  ],
  ['a.yaml', [['a.yaml', '\n\n']], 'nothing to read at a.yaml: no manifest, and no kustomization'],
] as const)(
  'where nothing is read, nothing is called right: %j',
  async ([path, files, message]) => {
    const { status, stdout, stderr } = await runMain(folderOf(files), ['lint', path]);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: `rem-secrets: ${message}\n`,
    });
  },
);

test('a --root that is not there', async () => {
  const args = 'lint pod.yaml --root absent';
  expect(await runMain(folderOf([['pod.yaml', pod]]), args)).toMatchObject({
    status: 2,
    stderr: 'rem-secrets: there is no folder absent\n',
  });
});
