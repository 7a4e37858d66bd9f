import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { SETS_FROM } from '../../generator/spec/objects/argocd.ts';
import { type FileTree, renderTree } from '../../generator/spec/tree.ts';
import { generated } from '../generated-applications.ts';
import { folderOf, objectsOf, readText, root, runMain } from '../machine.ts';
import { expandText, specOf } from '../spec-text.ts';

const SETS = /^ {4}applicationSets:\n(?: {6}.*\n)*/m;
const golden = readText(root, 'test/golden/argocd-application-sets/rem-secrets.yaml');

function treeOf(text: string): FileTree {
  const { value } = expandText(text);
  if (value === undefined) throw new Error('the spec has faults');
  return renderTree(value);
}

function applicationsIn(tree: FileTree): KubeObject[] {
  return [...tree]
    .filter(([path]) => path.startsWith('argocd/applications/application'))
    .flatMap(([, text]) => objectsOf(text));
}

/** An Application without what only one of the two forms has. */
function comparable({ metadata, ...object }: KubeObject): unknown {
  const { annotations = {}, labels = {}, ...others } = metadata;
  const { 'argocd.argoproj.io/sync-wave': _, ...notes } = annotations;
  const { 'rem-secrets.io/step': __, ...own } = labels;
  return { ...object, metadata: { ...others, labels: own, annotations: notes } };
}

function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

test('the ApplicationSet makes exactly the Applications that would stand in Git', () => {
  const [sets, plain] = [treeOf(golden), treeOf(golden.replace(SETS, ''))];
  const all = applicationsIn(sets);
  const [set, ...others] = all.filter(({ kind }) => kind === 'ApplicationSet');
  if (set === undefined) throw new Error('there is no ApplicationSet');
  expect(others).toEqual([]);
  const inRepository = [...sets].map(([path, text]) => [`clusters/shop/${path}`, text] as const);
  const made = [
    ...all.filter(({ kind }) => kind === 'Application'),
    ...generated(set, inRepository),
  ];
  const inGit = applicationsIn(plain);
  expect(inGit).toHaveLength(5);
  expect(made.sort(byName).map(comparable)).toEqual(inGit.sort(byName).map(comparable));
  const steps = made.map(({ metadata }) => metadata.labels?.['rem-secrets.io/step']);
  expect(steps).toEqual(['canary', undefined, 'canary', 'tenants', 'tenants']);
});

test('what is not of argocd/ is the same with and without the ApplicationSet', () => {
  const others = (tree: FileTree) =>
    [...tree].filter(([path]) => !/^argocd\/|\/argocd\.yaml$/.test(path));
  expect(others(treeOf(golden))).toEqual(others(treeOf(golden.replace(SETS, ''))));
});

test('a tenant more or less touches its overlay, and the store that it shares', () => {
  const [before, after] = [golden, `${golden}    tenant-3: { namespace: tenant-3 }\n`].map(treeOf);
  expect(changedIn(before, after)).toEqual([
    'overlays/shared/clustersecretstore-aws.yaml',
    'overlays/tenant-3/argocd.yaml',
    'overlays/tenant-3/clustersecretstore-aws.patch.yaml',
    'overlays/tenant-3/kustomization.yaml',
  ]);
  const changed = treeOf(golden.replace('replicas: 3', 'replicas: 4'));
  expect(changedIn(before, changed)).toEqual(['overlays/tenant-1/deployment-api.patch.yaml']);
});

const changedIn = (a: FileTree = new Map(), b: FileTree = new Map()): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter(path => a.get(path) !== b.get(path)).sort();

test('validate and lint take it, diff is quiet, and a changed file is told', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': golden, '.git/HEAD': 'ref: refs/heads/main\n' });
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  expect(await runMain(folder, 'validate')).toMatchObject({ status: 0 });
  expect((await runMain(folder, 'lint .')).stdout).not.toMatch(/argocd\.yaml|applicationset/);
  expect(await runMain(folder, 'lint')).toMatchObject({ status: 0 });
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 0 });
});

test('it does not come after a store that reads with the ServiceAccount of an environment', () => {
  const text = specOf(`namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-central-1 } }, local: { kubernetes: {} } }
databases: { shop-db: { database: shop, owner: shop, storage: 1Gi } }
secrets:
  payment: { store: aws, keys: { api-key: /shop/api-key } }
  url: { store: local, from: shop-db-app, template: { DATABASE_URL: { postgresUrl: {} } } }
environments:
  a: { cluster: one }
  b: { cluster: one, namespace: shop-b, secrets: { url: null }, databases: { shop-db: null }, stores: { local: null } }
  c: { cluster: two, secrets: { url: null }, databases: { shop-db: null }, stores: { local: null } }
  d: { cluster: two, namespace: shop-d, secrets: { url: null }, databases: { shop-db: null }, stores: { local: null } }
argocd:
  repository: https://git.example.com/shop/deploy.git
  clusters: { one: shop-one, two: shop-two }
  applicationSets: {}
`);
  const waves = (tree: FileTree) =>
    Object.fromEntries(
      applicationsIn(tree).map(({ metadata }) => [
        metadata.name,
        metadata.annotations?.['argocd.argoproj.io/sync-wave'],
      ]),
    );
  const plain = waves(treeOf(text.replace('    applicationSets: {}\n', '')));
  expect(plain).toMatchObject({ 'shop-one': '0', 'shop-c': '1' });
  expect(waves(treeOf(text))).toEqual({ shop: '0', 'shop-one': '0', 'shop-two': '0' });
  const alone = text.replace('{ cluster: one }', '{ cluster: one, secrets: { url: null } }');
  expect(waves(treeOf(alone))).toEqual({ shop: '1', 'shop-one': '0', 'shop-two': '0' });
});

function setsOf(count: number, applicationSets = ''): string[] {
  const names = Array.from({ length: count }, (_, index) => `t${index}`);
  const text = specOf(`namespace: shop
cluster: one
environments: { ${names.map(name => `${name}: { namespace: ${name} }`).join(', ')} }
argocd:
  repository: https://git.example.com/shop/deploy.git
  clusters: { one: shop-one }
  ${applicationSets}
`);
  return [...treeOf(text).keys()].filter(path =>
    path.startsWith('argocd/applications/application'),
  );
}

test('from 50 environments on there is an ApplicationSet, unless the spec says', () => {
  const set = 'argocd/applications/applicationset-shop.yaml';
  expect(SETS_FROM).toBe(50);
  expect(setsOf(49)).toHaveLength(49);
  expect(setsOf(50)).toEqual([set]);
  expect(setsOf(50, 'applicationSets: false')).toHaveLength(50);
  expect(setsOf(2, 'applicationSets: true')).toEqual([set]);
  expect(setsOf(2, 'applicationSets: {}')).toEqual([set]);
});

test('a spec that crosses the 50 keeps the names of Applications, and both ways guard what they apply', () => {
  const text = golden.replace(SETS, '');
  const names = (tree: FileTree): string[] =>
    applicationsIn(tree)
      .flatMap(one =>
        one.kind === 'ApplicationSet'
          ? generated(
              one,
              [...tree].map(([path, file]) => [`clusters/shop/${path}`, file] as const),
            )
          : [one],
      )
      .map(({ metadata }) => metadata.name)
      .sort();
  const [apart, together] = [treeOf(text), treeOf(golden)];
  expect(names(together)).toEqual(names(apart));
  for (const one of applicationsIn(apart)) expect(one.metadata).not.toHaveProperty('finalizers');
  const [set] = applicationsIn(together).filter(({ kind }) => kind === 'ApplicationSet');
  expect(set).toMatchObject({
    metadata: {
      annotations: { 'argocd.argoproj.io/sync-options': 'Delete=confirm,Prune=confirm' },
    },
    spec: {
      syncPolicy: { preserveResourcesOnDeletion: true },
      template: { metadata: expect.not.objectContaining({ finalizers: expect.anything() }) },
    },
  });
});
