import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, folderOf, type Ran, runMain } from '../machine.ts';
import { application, fluxKustomization } from '../manifests.ts';
import { keys, lint, reads, store, web } from './shop.ts';

/** A Pod of the shop that reads its Secret, in its fourth line. */
const pod = `apiVersion: v1
kind: Pod
metadata: { name: sh, namespace: shop }
spec: { containers: [{ name: sh, image: "example/sh:1", envFrom: [{ secretRef: { name: web-keys } }] }] }
`;

test('the manifests below a folder are one set, YAML and JSON', async () => {
  const json = '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}';
  const files = [
    ['shop/web/web.yaml', web],
    ['shop/namespace.json', json],
    ['shop/keys.yml', keys],
    ['shop/store.yaml', store],
  ] as const;
  expect((await lint(files, ['shop'])).summary).toBe('no findings in 4 objects');
  expect((await lint(files.slice(0, 2), ['shop'])).found).toEqual([
    `shop/web/${reads} unknown-secret`,
  ]);
});

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

/** A backup of a Cluster that another repository has, with the hour that it is taken. */
const backup = (hour: number): string => `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: { name: nightly, namespace: shop }
spec: { cluster: { name: db }, schedule: 0 0 ${hour} * * *, backupOwnerReference: self }
`;

test('two files of a folder with one object are told; those of two folders may be for two clusters', async () => {
  const duplicates = async (...files: (readonly [string, string])[]): Promise<string[]> =>
    (await lint(files, ['.'])).found.filter(line => line.endsWith('duplicate-object'));
  const first = ['db/a.yaml', backup(1)] as const;
  expect(await duplicates(first, ['db/b.yaml', backup(2)])).toEqual([
    'db/b.yaml:3:19 duplicate-object',
  ]);
  expect(await duplicates(first, ['db/b.yaml', backup(1)])).toEqual([]);
  expect(await duplicates(first, ['other/b.yaml', backup(2)])).toEqual([]);
  const patch = backup(2).replace('schedule: 0 0 2 * * *, ', '');
  expect(await duplicates(first, ['db/patch.yaml', patch])).toEqual([]);
});

test.for(['.git/web.yaml', 'a/node_modules/b/web.yaml'])('%s is read if named', async path => {
  expect((await runMain(folderOf([[path, web]]), 'lint .')).status).toBe(2);
  const found = [`${path.replace('web.yaml', reads)} unknown-secret`];
  expect((await lint([[path, web]], [path])).found).toEqual(found);
});

test("JSON without objects is another program's", async () => {
  const settings = ['tsconfig.json', '{ // a comment\n}'] as const;
  expect((await lint([settings, ['pod.yaml', pod]], ['.'])).summary).toBe('1 error in 1 object');
});

test('a chart is not read: what Helm makes of it is', async () => {
  const chart = [
    ['charts/shop/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n'],
    ['charts/shop/values.yaml', 'name: web\n'],
    ['charts/shop/templates/web.yaml', 'name: {{ .Values.name }}\n'],
    ['pod.yaml', pod],
  ] as const;
  expect(await lint(chart, ['.'])).toMatchObject({
    found: ['pod.yaml:4:88 unknown-secret'],
    summary: '1 error in 1 object; not judged: 1 chart, which is not rendered',
  });
  const { stdout } = exits(1, await runMain(folderOf(chart), 'lint charts/shop/templates'));
  expect(stdout).toMatch(/^charts\/shop\/templates\/web\.yaml:1:7: error: .*\[yaml-syntax\]$/m);
  expect(stdout).toMatch(
    /^ {2}hint: This is a template: .*`helm template \. \| rem-secrets lint -`/m,
  );
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

test('a file of comments is read', async () => {
  const folder = folderOf([['later.yaml', '# TODO\n']]);
  expect(await runMain(folder, 'lint .')).toMatchObject({ status: 0, stderr: '' });
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

/** A kustomization that lists a Pod beside it, and what else lies in its folder. */
async function besideKustomization(...files: (readonly [string, string])[]): Promise<string[]> {
  const kustomization = `# later.yaml is not ready yet
resources: [pod.yaml, ../other]
patches: [{ path: patch.yaml }]
configMapGenerator: [{ name: files, files: [config.yaml] }]
`;
  const all = [
    ['app/kustomization.yaml', kustomization],
    ['app/pod.yaml', pod],
    ['app/patch.yaml', pod],
    ['app/config.yaml', keys],
    ['other/kustomization.yaml', 'resources: []\n'],
    ...files,
  ] as const;
  return (await lint(all, ['.'])).found.filter(line => line.endsWith('unlisted-manifest'));
}

test('a manifest beside a kustomization that lists its neighbours is told', async () => {
  const told = ['app/keys.yaml:1:1 unlisted-manifest'];
  expect(await besideKustomization(['app/keys.yaml', keys])).toEqual(told);
});

test.for<[string, string]>([
  ['app/values.yaml', 'name: web\n'],
  ['app/left-over.yaml', web.replace(/^ {2}selector: .*\n/m, '')],
  [
    'app/service.yaml',
    'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }] }\n',
  ],
  ['app/later.yaml', keys],
  ['app/hand.sops.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nsops: { mac: a }\n'],
  ['app/below/keys.yaml', keys],
  ['other/keys.yaml', keys],
  ['app/keys.json', '{}'],
])('%s beside it is not', async file => expect(await besideKustomization(file)).toEqual([]));

async function besideFolders(text: string, ...files: (readonly [string, string])[]) {
  const all = [
    ['apps/kustomization.yaml', text],
    ...['a', 'b', 'lost'].flatMap(name => [
      [`apps/${name}/kustomization.yaml`, 'resources: [objects.yaml]\n'] as const,
      [`apps/${name}/objects.yaml`, keys.replaceAll('web', name)] as const,
    ]),
    ...files,
  ] as const;
  return (await lint(all, ['.'])).found.filter(line => line.endsWith('unlisted-manifest'));
}

test('a folder beside listed ones is told', async () =>
  expect(await besideFolders('resources: [a, b]\n')).toEqual([
    'apps/kustomization.yaml:1:1 unlisted-manifest',
  ]));

const applied = fluxKustomization('lost');

test.for<[string, string, readonly (readonly [string, string])[]]>([
  ['in a comment', 'resources: [a, b] # lost comes later\n', []],
  ['where only one is listed', 'resources: [a]\n', []],
  [
    'that another kustomization uses',
    'resources: [a, b]\n',
    [['prod/kustomization.yaml', 'resources: [../apps/lost]\n']],
  ],
  ['that Flux applies', 'resources: [a, b]\n', [['flux.yaml', applied]]],
])('a folder beside listed ones is not told %s', async ([, text, files]) => {
  expect(await besideFolders(text, ...files)).toEqual([]);
});

test('waves order what one Application applies: not what it applies and what nothing does', async () => {
  const waved = keys.replace(
    /metadata: \{/,
    "metadata: { annotations: { argocd.argoproj.io/sync-wave: '1' },",
  );
  expect(waved).not.toBe(keys);
  const argo = application('web', 'web');
  const files = [
    ['web/web.yaml', web],
    ['store.yaml', store],
  ] as const;
  const ordered = async (...more: (readonly [string, string])[]): Promise<string[]> =>
    (await lint([...files, ...more], ['.'])).found.filter(line => line.endsWith('sync-order'));
  expect(await ordered(['web/keys.yaml', waved])).toHaveLength(1);
  expect(await ordered(['keys/keys.yaml', waved], ['argo/web.yaml', argo])).toEqual([]);
  expect(await ordered(['keys/keys.yaml', waved])).toEqual([]);
  expect(await ordered(['web/keys.yaml', waved], ['argo/web.yaml', argo])).toHaveLength(1);
});
