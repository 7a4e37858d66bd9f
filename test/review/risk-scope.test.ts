import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compare } from '../../generator/diff/diff.ts';
import { checkRisks, riskRules } from '../../generator/diff/risk-rules.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { nothingOutside, type ObjectSet } from '../../generator/world/object-set.ts';
import { objectsOf, root } from '../machine.ts';

function side(yaml: string, context = ''): ObjectSet {
  const itemsOf = (text: string, file: number): ObjectSet['objects'] =>
    objectsOf(text).map((object, index) => placedObject(object, file, [index], 'shop'));
  return { objects: itemsOf(yaml, 0), context: itemsOf(context, 1), outside: nothingOutside };
}

function risks(base: ObjectSet, head: ObjectSet): string[] {
  return checkRisks(compare({ name: 'prod', base, head }, () => undefined)).map(
    ({ rule, level, object, message }) =>
      `${level} ${rule.id} ${object.kind}/${object.name}: ${message}`,
  );
}

function manifest(id: string, name: string): string {
  const file = join(root, 'test/review/risks', id, `${name}.yaml`);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const folder = join(root, 'test/review/risks', id, name);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .filter(path => path.endsWith('.yaml'))
    .map(path => readFileSync(join(folder, path), 'utf8'))
    .join('---\n');
}

const secret = `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api, namespace: shop }
spec: { secretStoreRef: { name: aws }, data: [{ secretKey: key, remoteRef: { key: /api } }] }
`;
const store = `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: aws, namespace: shop }
spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }
`;
const reader = (key: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers:
        - { name: web, image: shop, env: [{ name: K, valueFrom: { secretKeyRef: { name: api, key: ${key} } } }] }
`;

describe('a new environment', () => {
  test('has all its reads checked', () => {
    expect(risks(side(''), side(reader('key')))).toEqual([
      'block secret-lost Deployment/web: nothing makes Secret "api", and Deployment "web" reads it',
    ]);
    const none = secret.replace('spec: {', 'spec: { target: { creationPolicy: None },');
    expect(risks(side(''), side(`${none}---${store}---${reader('key')}`))).toEqual([
      'block secret-lost ExternalSecret/api: nothing makes Secret "api", and Deployment "web" reads it',
    ]);
    expect(risks(side(''), side(`${secret}---${store}---${reader('kez')}`))).toEqual([
      'block secret-key-lost Deployment/web: Secret "api" lacks the key "kez", which Deployment "web" needs',
    ]);
  });

  test('that is whole has no risk', () =>
    expect(risks(side(''), side(`${secret}---${store}---${reader('key')}`))).toEqual([]));
});

describe('objects around the environment', () => {
  test('may make what it reads', () => {
    const own = `${secret}---${reader('key')}`;
    expect(risks(side(own, store), side(own, store.replace('aws, ', 'aws2, ')))).toEqual([
      expect.stringContaining('store-lost SecretStore/aws'),
    ]);
    expect(risks(side(''), side(own, store))).toEqual([]);
  });

  test('are not told of: their own environment does that', () => {
    const around = `${secret}---${reader('key')}`;
    expect(risks(side(store, around), side(store, reader('key')))).toEqual([]);
    expect(risks(side(store, around), side(store, around.replace('/api', '/other')))).toEqual([]);
  });
});

/** Of an object that is there twice the last one counts, so there the order means something. */
const ordered = riskRules.filter(({ id }) => !['build-broken', 'identity-duplicate'].includes(id));

test.for(ordered)('the order of documents changes nothing: $id', ({ id }) => {
  const reversed = (text: string): string => text.split('---\n').reverse().join('\n---\n');
  const [base, head] = [manifest(id, 'base'), manifest(id, 'risky')];
  expect(risks(side(reversed(base)), side(reversed(head)))).toEqual(risks(side(base), side(head)));
});

/** A build that fails is in no object. */
const ofObjects = riskRules.filter(({ id }) => id !== 'build-broken');

test.for(ofObjects)('what is the same on both sides is no risk: $id', ({ id }) => {
  const all = ['base', 'risky', 'quiet'].map(name => side(manifest(id, name)));
  for (const set of all) expect(risks(set, set)).toEqual([]);
});

test('one renamed target is told as each of several is', () => {
  const renamed = secret.replace('spec: {', 'spec: { target: { name: api-2 },');
  const uses = reader('key').replace('name: api,', 'name: api-2,');
  expect(
    risks(side(`${secret}---${store}---${reader('key')}`), side(`${renamed}---${store}---${uses}`)),
  ).toEqual([
    expect.stringMatching(
      /^high target-renamed ExternalSecret\/api: .* makes Secret "api-2" in place of "api"/,
    ),
    expect.stringMatching(/^warn pods-restarted /),
  ]);
});

test.for([
  ['', 'warn'],
  ['{ chart: { spec: { chart: external-secrets, version: ">=0.9.0" } } }', 'warn'],
  ['{ chart: { spec: { chart: external-secrets, version: v0.16.x } } }', undefined],
  ['{ chart: { spec: { chart: external-secrets, version: 0.20.1 } } }', 'block'],
  ['{ chart: { spec: { chart: external-secrets, version: 1.3.2 } } }', 'block'],
] as const)('a version that older operators serve, with the release %s: %s', ([spec, level]) => {
  const release =
    spec === ''
      ? ''
      : `---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: eso, namespace: eso }\nspec: ${spec}\n`;
  const old = secret.replace('external-secrets.io/v1\n', 'external-secrets.io/v1beta1\n');
  const found = risks(side(`${store}${release}`), side(`${old}---${store}${release}`));
  expect(found.map(text => text.split(' ').slice(0, 2))).toEqual(
    level === undefined ? [] : [[level, 'version-unserved']],
  );
});

test('a Secret that base missed already is no news to one more reader', () => {
  const other = reader('key').replaceAll('web', 'worker');
  expect(risks(side(reader('key')), side(`${reader('key')}---${other}`))).toEqual([]);
  expect(risks(side(''), side(`${reader('key')}---${other}`))).toEqual([
    expect.stringMatching(/^block secret-lost /),
  ]);
});
