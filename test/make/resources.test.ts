import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderTree } from '../../generator/spec/tree.ts';
import {
  exits,
  folderOf,
  kustomizeBuild,
  objectsOf,
  remSecretsFn,
  runKrm,
  runMain,
} from '../machine.ts';
import { expandText, specOf } from '../spec-text.ts';

const settings = `apiVersion: v1
kind: List
items:
- { apiVersion: v1, kind: ConfigMap, metadata: { name: a }, data: { size: small } }
---
# nothing
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: b, namespace: others } }
`;
const filed = specOf('namespace: shop\nresources: { settings: { file: own/settings.yaml } }');

test('the objects of a file are in the namespace, and those of a List one by one', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': filed, 'own/settings.yaml': settings });
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const built = kustomizeBuild(join(folder, 'base')).map(({ kind, metadata }) =>
    [kind, metadata.namespace, metadata.name].join('/'),
  );
  expect(built.sort()).toEqual(['ConfigMap/others/b', 'ConfigMap/shop/a', 'Namespace//shop']);
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 0 });
});

test('a file is found from the folder of the spec, wherever the command runs', async () => {
  const folder = folderOf([
    ['deploy/rem-secrets.yaml', filed],
    ['deploy/own/settings.yaml', settings],
  ]);
  const { stdout } = exits(0, await runMain(folder, '-f deploy/rem-secrets.yaml render'));
  expect(objectsOf(stdout)).toHaveLength(3);
});

test('what is said of a cluster can name a file too', async () => {
  const body = `namespace: shop
clusters: { one: { resources: { own: { file: own.yaml } } } }
environments: { dev: { cluster: one }, prod: {} }`;
  const folder = folderOf([
    ['rem-secrets.yaml', specOf(body)],
    ['own.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: own }\n'],
  ]);
  const kinds = async (environment: string): Promise<string[]> =>
    objectsOf((await runMain(folder, ['render', environment])).stdout).map(({ kind }) => kind);
  expect(await kinds('dev')).toEqual(['ConfigMap', 'Namespace']);
  expect(await kinds('prod')).toEqual(['Namespace']);
});

test('a link out of the repository is not followed', async () => {
  const outside = folderOf([['settings.yaml', settings]]);
  const folder = folderOf([['rem-secrets.yaml', filed.replace('own/', '')]]);
  symlinkSync(join(outside, 'settings.yaml'), join(folder, 'settings.yaml'));
  const { status, stdout, stderr } = await runMain(folder, 'render');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('settings.yaml is a link to nothing in this repository [resource-file]');
});

test('no path leads up', async () => {
  const folder = folderOf([['rem-secrets.yaml', filed.replace('own/', '../')]]);
  expect((await runMain(folder, 'render')).stderr).toContain('[illegal-value]');
});

test('what looks like a secret in a file is refused, and not shown', async () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
  const url = 'postgresql://shop:hunter2@db:5432/shop';
  const folder = folderOf([
    ['rem-secrets.yaml', filed],
    ['own/settings.yaml', `${text}data: { DATABASE_URL: '${url}' }\n`],
  ]);
  const { status, stdout, stderr } = await runMain(folder, 'render');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('something in own/settings.yaml looks like');
  expect(stderr).not.toContain('hunter2');
});

test('the plugin reads the file, from where the spec is', () => {
  const spec = filed.replace(
    'metadata: { name: shop }',
    `metadata:\n  name: shop\n  annotations:\n    config.kubernetes.io/function: |\n      exec: { path: ${remSecretsFn} }`,
  );
  const folder = folderOf([
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
    ['rem-secrets.yaml', spec],
    ['own/settings.yaml', settings],
  ]);
  expect(kustomizeBuild(folder, { plugin: true })).toHaveLength(3);
});

test('a spec that comes without its folder says so', async () => {
  const config = JSON.stringify({
    apiVersion: 'rem-secrets.io/v1alpha1',
    kind: 'RemSecrets',
    metadata: { name: 'shop' },
    spec: { namespace: 'shop', resources: { a: { file: 'own/a.yaml' } } },
  });
  const list = `{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[],"functionConfig":${config}}`;
  const { stderr } = exits(1, await runKrm(list, folderOf()));
  expect(stderr).toContain('there is no file own/a.yaml [resource-file]');
  expect(expandText(filed).faults).toMatchObject([{ id: 'resource-file' }]);
});

test('the Namespace that a resource has stands in for the one that is made', () => {
  const own = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { tier: a } } }';
  const { value } = expandText(
    specOf(`namespace: shop\nresources: { home: { object: ${own} } }\nenvironments: { dev: {} }`),
  );
  const built = value?.units[0]?.objects.map(({ object }) => object);
  expect(built).toMatchObject([{ kind: 'Namespace', metadata: { labels: { tier: 'a' } } }]);
});

test('what is omitted is not there, and the namespace moves all the same', async () => {
  const body = `namespace: shop
omit: [labels, namespace, syncWaves]
workloads: { api: { image: 'shop/api:1' } }
environments: { prod: { namespace: shop-prod } }`;
  const folder = folderOf([['rem-secrets.yaml', specOf(body)]]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  expect(kustomizeBuild(join(folder, 'overlays/prod')).map(({ metadata }) => metadata)).toEqual([
    { name: 'api', namespace: 'shop-prod' },
    { name: 'api', namespace: 'shop-prod' },
  ]);
});

test('an object of an unknown kind is of the cluster when the spec says so', () => {
  const own = (name: string): string =>
    `{ apiVersion: example.com/v1, kind: Tenant, metadata: { name: ${name} } }`;
  const { value } = expandText(
    specOf(`namespace: shop
resources: { a: { scope: Cluster, object: ${own('a')} }, b: { object: ${own('b')} } }
argocd: { repository: https://git.example.com/shop.git, clusters: { prod: shop } }
environments: { prod: { cluster: prod } }`),
  );
  if (value === undefined) throw new Error('the spec has faults');
  const [{ objects = [] } = {}] = value.units;
  expect(objects.map(({ object: { metadata } }) => [metadata.name, metadata.namespace])).toEqual([
    ['shop', undefined],
    ['a', undefined],
    ['b', 'shop'],
  ]);
  const project = renderTree(value).get('argocd/appproject-shop.yaml') ?? '';
  expect(objectsOf(project)).toMatchObject([
    {
      spec: {
        clusterResourceWhitelist: [
          { group: '', kind: 'Namespace', name: 'shop' },
          { group: 'example.com', kind: 'Tenant', name: 'a' },
        ],
        namespaceResourceWhitelist: [{ group: 'example.com', kind: 'Tenant' }],
      },
    },
  ]);
});

test('a resource can be without what all others are given', () => {
  const map = (name: string) => `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} } }`;
  const { value } = expandText(
    specOf(
      `namespace: shop\nresources: { a: { object: ${map('a')} }, b: { omit: [labels, syncWaves], object: ${map('b')} } }`,
    ),
  );
  const built = (value?.base.objects ?? []).map(({ object: { metadata } }) => [
    metadata.name,
    metadata.labels === undefined,
    metadata.annotations?.['argocd.argoproj.io/sync-wave'],
  ]);
  expect(built).toEqual([
    ['a', false, '1'],
    ['b', true, undefined],
    ['shop', false, '0'],
  ]);
});

test('null in an object stays, as in the values of a chart, and in an environment it takes a field away', () => {
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: cache }
spec: { interval: 1h, timeout: 5m, values: { resources: null } }`;
  const { value } = expandText(
    specOf(`namespace: shop
resources:
  cache:
    object:
${release.replaceAll(/^/gm, '      ')}
environments: { dev: { resources: { cache: { object: { spec: { timeout: null } } } } } }`),
  );
  const [{ objects = [] } = {}] = value?.units ?? [];
  const found = objects.find(({ object }) => object.kind === 'HelmRelease')?.object;
  expect(found?.['spec']).toEqual({ interval: '1h', values: { resources: null } });
});
