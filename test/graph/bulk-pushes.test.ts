import { expect, test } from 'vitest';
import { awsPushes } from '../../generator/graph/aws-entries.ts';
import type { SecretGraph } from '../../generator/graph/secret-graph.ts';
import { externalOf, pushOf, storeOf } from '../operate/aws-manifests.ts';
import { graphOf } from './graph-of.ts';

/** A store, a Secret with these keys, and a PushSecret of it with this spec. */
function graphWith(
  spec: string,
  keys: readonly string[] = ['db-host', 'db-name', 'user'],
): SecretGraph {
  const data = keys.map(key => `{ secretKey: ${key}, remoteRef: { key: ${key} } }`);
  const store = storeOf('service: ParameterStore, region: eu-west-1, prefix: /shop/');
  return graphOf(
    store.replace('name: aws', 'name: aws, labels: { of: shop }'),
    externalOf('api', 'kind: ClusterSecretStore, name: vault', `data: [${data.join(', ')}]`),
    pushOf('push', 'kind: ClusterSecretStore, name: aws', 'api', spec),
  );
}

const STORE = 'storeRef: { kind: ClusterSecretStore, name: aws }';

test.for<[spec: string, ...names: string[]]>([
  [`dataTo: [{ ${STORE} }]`, '/shop/db-host', '/shop/db-name', '/shop/user'],
  [`dataTo: [{ ${STORE}, match: { regexp: ^db- } }]`, '/shop/db-host', '/shop/db-name'],
  // As Go does it, a match is anywhere in the key.
  [`dataTo: [{ ${STORE}, match: { regexp: ser } }]`, '/shop/user'],
  [`dataTo: [{ ${STORE}, match: { regexp: other } }]`],
  [
    `dataTo: [{ ${STORE}, rewrite: [{ regexp: { source: ^, target: app/ } }, { regexp: { source: db-, target: '' } }] }]`,
    ...['/shop/app/host', '/shop/app/name', '/shop/app/user'],
  ],
  [`dataTo: [{ ${STORE}, remoteKey: all, match: { regexp: ^db- } }]`, '/shop/all'],
  // What data names is pushed as data says.
  [
    `data: [{ match: { secretKey: user, remoteRef: { remoteKey: login } } }]\n  dataTo: [{ ${STORE} }]`,
    ...['/shop/login', '/shop/db-host', '/shop/db-name'],
  ],
  [
    `template: { data: { dsn: x } }\n  dataTo: [{ ${STORE}, match: { regexp: 'dsn|user' } }]`,
    ...['/shop/dsn', '/shop/user'],
  ],
  [
    `dataTo: [{ ${STORE}, conversionStrategy: ReverseUnicode, match: { regexp: user } }]`,
    '/shop/user',
  ],
  [
    'dataTo: [{ storeRef: { kind: ClusterSecretStore, labelSelector: { matchLabels: { of: shop } } }, remoteKey: a }]',
    '/shop/a',
  ],
  ['dataTo: [{ storeRef: { kind: ClusterSecretStore, name: vault } }]'],
  ['dataTo: [{ storeRef: { name: aws } }]'],
])('names of %s', ([spec, ...names]) => {
  const graph = graphWith(spec);
  expect(awsPushes(graph).pushes.map(({ name }) => name)).toEqual(names);
  expect(awsPushes(graph).unknown).toEqual([]);
});

test.for([
  `dataTo: [{ ${STORE}, match: { regexp: '(?=a)' } }]`,
  `dataTo: [{ ${STORE}, rewrite: [{ regexp: { source: '(', target: '' } }] }]`,
  `dataTo: [{ ${STORE}, rewrite: [{ regexp: { source: '.*', target: '' } }] }]`,
  `dataTo: [{ ${STORE}, rewrite: [{ transform: { template: '{{ .value | sha256sum }}' } }] }]`,
  `template: { templateFrom: [{ literal: '{{ range . }}' }] }\n  dataTo: [{ ${STORE} }]`,
])('nothing is known of %s', spec => {
  const graph = graphWith(spec);
  expect(awsPushes(graph).pushes).toEqual([]);
  expect(
    awsPushes(graph).unknown.map(({ object, store }) => [object.name, store.object.name]),
  ).toEqual([['push', 'aws']]);
});

test('each name knows the key that it holds, and a bundle all of them', () => {
  const graph = graphWith(
    `dataTo: [{ ${STORE}, rewrite: [{ regexp: { source: ^db-, target: '' } }] }, { ${STORE}, remoteKey: all }]`,
  );
  expect(
    awsPushes(graph).pushes.map(({ name, secretKeys, path }) => [name, secretKeys, path]),
  ).toEqual([
    ['/shop/host', ['db-host'], ['spec', 'dataTo', 0]],
    ['/shop/name', ['db-name'], ['spec', 'dataTo', 0]],
    ['/shop/user', ['user'], ['spec', 'dataTo', 0]],
    ['/shop/all', ['db-host', 'db-name', 'user'], ['spec', 'dataTo', 1]],
  ]);
});

test('thousands of keys in thousands of entries are not known', () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `k${index}`);
  const entries = keys.map(key => `{ ${STORE}, match: { regexp: ${key} } }`);
  const graph = graphWith(`dataTo: [${entries.join(', ')}]`, keys);
  expect(awsPushes(graph).pushes).toEqual([]);
  expect(awsPushes(graph).unknown).toHaveLength(1);
});
