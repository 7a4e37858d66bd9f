import { expect, test } from 'vitest';
import { exits, folderOf, root, runMain } from '../machine.ts';
import { keys, lint, reads, store, stream, web } from './shop.ts';

type File = readonly [path: string, text: string];

const baseOf = (...manifests: readonly string[]): readonly File[] => [
  ['base/kustomization.yaml', 'resources: [shop.yaml]\n'],
  ['base/shop.yaml', stream(...manifests)],
];

const base = baseOf(store, keys, web);

const overlay = 'resources: [../../base]\n';

/** A patch of the base after which its Secret has another key. */
const rename = `patches:
  - target: { kind: ExternalSecret }
    patch: '[{ "op": "replace", "path": "/spec/data/0/secretKey", "value": "code" }]'
`;

test('what kustomize builds of a folder is checked, not the files in it', async () => {
  const files = [...base, ['base/unlisted.yaml', 'a: [']] as const;
  for (const path of ['base', '.'])
    expect(await lint(files, [path])).toEqual({
      status: 0,
      found: [],
      summary: 'no findings in 3 objects',
    });
});

test.for(['kustomization.yml', 'Kustomization'])('%s makes a kustomization too', async name => {
  const files = base.map(([path, text]): File => [path.replace('kustomization.yaml', name), text]);
  expect(await lint([...files, ['base/unlisted.yaml', web]], ['base'])).toEqual({
    status: 0,
    found: ['base/unlisted.yaml:1:1 unlisted-manifest'],
    summary: '1 warning in 3 objects; not judged: 1 file',
  });
});

test.for(['web.patch.yaml', 'patch-web.yaml'])(
  '%s beside a kustomization is no manifest',
  async name =>
    expect(await lint([...base, [`base/${name}`, web]], ['base'])).toEqual({
      status: 0,
      found: [],
      summary: 'no findings in 3 objects',
    }),
);

test('two overlays that make the same objects do not collide, and their base is no third', async () => {
  const files = [
    ...base,
    ['overlays/dev/kustomization.yaml', overlay],
    ['overlays/prod/kustomization.yaml', overlay],
  ] as const;
  expect(await lint(files, ['.'])).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in 6 objects',
  });
});

test('an overlay has its own form of an object, not that of another overlay', async () => {
  const files = [
    ...base,
    ['overlays/dev/kustomization.yaml', overlay],
    ['overlays/prod/kustomization.yaml', overlay + rename],
  ] as const;
  const found = ['base/shop.yaml:34:65 unknown-secret-key'];
  for (const paths of [['.'], ['overlays/dev', 'overlays/prod'], ['overlays/prod', 'overlays/dev']])
    expect((await lint(files, paths)).found).toEqual(found);
  expect((await runMain(folderOf(files), 'lint .')).stdout).toContain(
    '\n  overlays/prod/kustomization.yaml:1:1: as built in overlays/prod\n',
  );
});

test('kustomizations and the manifests beside them know each other', async () => {
  const built: readonly File[] = [...baseOf(store, keys), ['web.yaml', web]];
  expect((await lint(built, ['.'])).found).toEqual([]);
  expect((await lint(built, ['web.yaml'])).found).toEqual([`${reads} unknown-secret`]);
  const beside: readonly File[] = [...baseOf(web), ['keys.yaml', stream(store, keys)]];
  expect((await lint(beside, ['.'])).found).toEqual([]);
  expect((await lint(beside, ['base'])).found).toEqual([]);
  expect((await lint(beside, ['base', '--root', 'base'])).found).toEqual([
    'base/shop.yaml:18:50 unknown-secret',
  ]);
  const two: readonly File[] = [...built, ['web/kustomization.yaml', 'resources: [web.yaml]\n']];
  expect((await lint([...two, ['web/web.yaml', web]], ['base', 'web'])).found).toEqual([]);
});

test('a component is part of the overlays that list it, and nothing without them', async () => {
  const component = `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - patch: |- # which fails without the object
${keys.replace('secretKey: token', 'secretKey: code').replaceAll(/^(?=.)/gm, '      ')}`;
  const files = [...base, ['components/code/kustomization.yaml', component]] as const;
  expect(await lint(files, ['.'])).toMatchObject({
    found: [],
    summary: 'no findings in 3 objects',
  });
  const lists = 'resources: [../base]\ncomponents: [../components/code]\n';
  expect((await lint([...files, ['shop/kustomization.yaml', lists]], ['.'])).found).toEqual([
    'base/shop.yaml:34:65 unknown-secret-key',
  ]);
});

test('a folder is used by whoever lists it, not by whoever has a word of its name', async () => {
  const files = [
    ['apps/kustomization.yaml', 'namespace: shop\nresources: [namespace.yaml]\n'],
    ['apps/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n'],
    ['apps/shop/kustomization.yaml', 'resources: [web.yaml]\n'],
    ['apps/shop/web.yaml', web],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['apps/shop/web.yaml:18:50 unknown-secret']);
});

test('beside a kustomization that does not build the others are checked', async () => {
  const files = { 'broken/kustomization.yaml': 'resources: [absent.yaml]\n', 'web.yaml': web };
  expect(await lint(files, ['.'])).toEqual({
    status: 1,
    found: ['broken/kustomization.yaml:1:13 unreadable'],
    summary: '1 error in 1 object; not judged: 1 file, 1 reference to what may be made unseen',
  });
  expect((await runMain(folderOf(files), 'lint broken')).stdout).toMatch(
    /^broken\/kustomization\.yaml:1:13: error: kustomize cannot build it: there is no absent\.yaml/,
  );
});

test('functions run only when they are allowed to', async () => {
  const overlays = 'test/plugin/overlays/prod';
  const refused = exits(0, await runMain(root, ['lint', '--root', overlays, overlays]));
  expect(refused.stdout).toContain('not read: a function that is no part of kustomize: generator');
  expect(refused.stdout).toContain('hint: --enable-exec runs it, if you trust it');
  const allowed = await runMain(root, ['lint', '--root', overlays, '--enable-exec', overlays]);
  expect(allowed).toMatchObject({ status: 0, stderr: '' });
  expect(allowed.stdout).toMatch(/ in \d+ objects; excluded: .*\n$/);
});

test('a chart that kustomize would fetch is not fetched, and the rest is checked', async () => {
  const chart = 'helmCharts: [{ name: web, repo: https://charts.example.com, version: 1.0.0 }]\n';
  const files = [
    ...baseOf(store, keys),
    ['a/kustomization.yaml', `resources: [../base]\n${chart}`],
  ] as const;
  expect(await runMain(folderOf(files), 'lint a')).toEqual({
    status: 0,
    stdout: `a/kustomization.yaml:2:14: warning: not read: a Helm chart: web [not-read]
  2 | helmCharts: [{ name: web, repo: https://…, version: 1.0.0 }]
    |              ^
  hint: Lint what it makes too, as in \`kustomize build --enable-helm a | rem-secrets lint -\`.

1 warning in 2 objects; read: 1 unit, Helm values of 1 object; not judged: 1 entry that was not read
`,
    stderr: '',
  });
});
