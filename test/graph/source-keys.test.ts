import { expect, test } from 'vitest';
import { externalOf, joined, storeOf } from '../operate/aws-manifests.ts';
import { checkGraph, graphOf } from './graph-of.ts';

const stores = joined(
  storeOf('service: SecretsManager, region: eu-west-1', 'aws', 'shop'),
  storeOf('', 'local', 'shop').replace('aws: {  }', 'kubernetes: { remoteNamespace: shop }'),
);

/** One that copies a whole Secret of the namespace, or what `more` says. */
function copy(name: string, source: string, more = ''): string {
  return externalOf(name, 'name: local', `dataFrom: [{ extract: { key: ${source}${more} } }]`);
}

const login = externalOf(
  'login',
  'name: aws',
  'data: [{ secretKey: user, remoteRef: { key: a } }, { secretKey: pass, remoteRef: { key: b } }]',
);

/** The keys of a Secret; undefined when they are not known. */
function keysOf(manifests: readonly string[], name: string): string[] | undefined {
  const node = graphOf(stores, ...manifests).secrets.get(`shop/${name}`);
  expect(node).toBeDefined();
  return node === undefined || node.isOpen ? undefined : [...node.keys].sort();
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, index) =>
    permutations(list.filter((_, at) => at !== index)).map(rest => [first, ...rest]),
  );
}

test.for(permutations([login, copy('b', 'login'), copy('a', 'b')]))(
  'a copy of a copy has the keys of the source, wherever each is written (%#)',
  manifests => {
    expect(keysOf(manifests, 'b')).toEqual(['pass', 'user']);
    expect(keysOf(manifests, 'a')).toEqual(['pass', 'user']);
  },
);

test.for(
  permutations([
    login,
    copy('copied', 'login'),
    externalOf(
      'more',
      'name: aws',
      'target: { name: login, creationPolicy: Merge }\n  data: [{ secretKey: host, remoteRef: { key: c } }]',
    ),
  ]),
)('a copy has the keys that others merge into its source (%#)', manifests => {
  expect(keysOf(manifests, 'copied')).toEqual(['host', 'pass', 'user']);
});

test.for(permutations([login, copy('a', 'b'), copy('b', 'a'), copy('c', 'a')]))(
  'the keys of a circle are not known, nor those of its copies (%#)',
  manifests => {
    for (const name of ['a', 'b', 'c']) expect(keysOf(manifests, name)).toBeUndefined();
    expect(keysOf(manifests, 'login')).toEqual(['pass', 'user']);
  },
);

test.for([', property: user', ', metadataPolicy: Fetch'])(
  'an extract is no copy of the whole Secret with%s',
  more => {
    expect(keysOf([login, copy('part', 'login', more)], 'part')).toBeUndefined();
  },
);

test('a reader of a copy is told which key its source has not', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - name: web
      image: example/web:1
      env: [{ name: USER, valueFrom: { secretKeyRef: { name: a, key: usr } } }]
`;
  const found = checkGraph(graphOf(stores, pod, copy('a', 'b'), copy('b', 'login'), login));
  const errors = found.filter(({ id }) => id === 'unknown-secret-key');
  expect(errors).toMatchObject([{ message: 'Secret "a" has no key "usr"' }]);
});

const generated = externalOf(
  'session',
  '',
  'dataFrom: [{ sourceRef: { generatorRef: { kind: Password, name: session } } }]',
);

test.for<[spec: string, ...keys: string[]]>([
  ['{ length: 48 }', 'password'],
  ['{ secretKeys: [next, current] }', 'current', 'next'],
])('a Password generator gives the keys that it names: %s', ([spec, ...keys]) => {
  const generator = `apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata: { name: session, namespace: shop }
spec: ${spec}
`;
  expect(keysOf([generated, generator], 'session')).toEqual(keys);
});

test('the keys of a generator that is not in the set are not known', () => {
  expect(keysOf([generated], 'session')).toBeUndefined();
});

test('a copy has the keys that its rewrite makes, and a template without data keeps them', () => {
  const rewrite = "rewrite: [{ regexp: { source: '^', target: DB_ } }]";
  const target = 'target: { template: { type: Opaque } }';
  const entry = `{ extract: { key: login }, ${rewrite} }`;
  const renamed = externalOf('renamed', 'name: local', `${target}\n  dataFrom: [${entry}]`);
  expect(keysOf([login, renamed], 'renamed')).toEqual(['DB_pass', 'DB_user']);
});
