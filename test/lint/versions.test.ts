import { expect, test } from 'vitest';
import { expectStderr, folderOf, runMain } from '../machine.ts';

/** Objects that say what only some versions have, each with its place. */
const role = `apiVersion: postgresql.cnpg.io/v1
kind: DatabaseRole
metadata: { name: reader, namespace: shop }
spec: { name: reader, cluster: { name: db } }
`;

const cluster = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db, namespace: shop }
spec: { instances: 1, storage: { size: 1Gi }, primaryLease: {} }
`;

const secret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api, namespace: shop }
spec:
  secretStoreRef: { name: aws }
  target: { creationPolicy: CreateOrMerge }
  data: [{ secretKey: a, remoteRef: { key: /a, nullBytePolicy: Fail } }]
`;

const store = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: aws, namespace: shop }
spec: { provider: { aws: { service: ParameterStore, region: eu-central-1 } } }
`;

const pod = `apiVersion: v1
kind: Pod
metadata: { name: sh, namespace: shop }
spec:
  schedulingGroup: { podGroupName: a }
  containers: [{ name: sh, image: "example/sh:1", envFrom: [{ secretRef: { name: api } }] }]
`;

const operator = (image: string): string => `apiVersion: v1
kind: Pod
metadata: { name: manager, namespace: cnpg-system }
spec: { containers: [{ name: manager, image: ${image} }] }
`;

const release = (chart: string, version: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${chart}, namespace: operators }
spec:
  interval: 1h
  chart: { spec: { chart: ${chart}, version: "${version}", sourceRef: { kind: HelmRepository, name: charts } } }
`;

const shop = [
  ['cluster.yaml', cluster],
  ['pod.yaml', pod],
  ['role.yaml', role],
  ['secret.yaml', secret],
  ['store.yaml', store],
] as const;

async function lint(files: readonly (readonly [string, string])[], ...flags: readonly string[]) {
  const { stdout, stderr } = await runMain(folderOf(files), ['lint', '.', ...flags]);
  expect(stderr).toBe('');
  const lines = stdout.split('\n').filter(line => /: error: |; for /.test(line));
  return lines.map(line =>
    line.replace(/^(.*?:\d+:\d+): error: .*\[(.*)\]$/, '$1 $2').replace(/^.*; for /, 'for '),
  );
}

test('without a version nothing is said of what only some have', async () =>
  expect(await lint(shop)).toEqual([]));

test('what came later than the versions that run is an error', async () => {
  const versions = 'cloudnativePg=1.29,externalSecrets=1.3,kubernetes=1.34';
  expect(await lint(shop, '--versions', versions)).toEqual([
    'cluster.yaml:4:47 invalid-object',
    'pod.yaml:5:3 invalid-object',
    'role.yaml:1:13 unserved-version',
    'secret.yaml:6:29 invalid-object',
    'secret.yaml:7:64 invalid-object',
    'for CloudNativePG 1.29, External Secrets Operator 1.3, Kubernetes 1.34',
  ]);
});

test('the newest versions take it', async () =>
  expect(
    await lint(shop, '--versions', 'cloudnativePg=1.30,externalSecrets=2.x,kubernetes=1.36'),
  ).toEqual(['for CloudNativePG 1.30, External Secrets Operator 2.x, Kubernetes 1.36']));

test('a field that 2.x may have got is taken, and one that is misspelt is not', async () => {
  const newer = secret.replace('target:', 'brandNew: 1\n  target:');
  const misspelt = secret.replace('target:', 'refreshIntervall: 1h\n  target:');
  const flags = ['--versions', 'externalSecrets=2.x'];
  const shown = 'for External Secrets Operator 2.x';
  expect(await lint([...shop, ['secret.yaml', newer]], ...flags)).toEqual([shown]);
  expect(await lint([...shop, ['secret.yaml', misspelt]], ...flags)).toEqual([
    'secret.yaml:6:21 invalid-object',
    shown,
  ]);
});

const stores = (provider: string): readonly [string, string] => [
  'store.yaml',
  store.replace('aws: { service: ParameterStore, region: eu-central-1 }', provider),
];

test.for([
  ['a provider that is gone', 'alibaba: { regionID: a, auth: {} }', '1.3', []],
  ['a provider that is gone', 'alibaba: { regionID: a, auth: {} }', '2.x', ['invalid-object']],
  ['a field of a provider that is new', 'openBao: { server: "https://a", brandNew: 1 }', '2.x', []],
  ['its type', 'openBao: { server: 1, brandNew: 1 }', '2.x', ['invalid-object']],
  ['a value that may be new', 'aws: { service: SecretsVault, region: a }', '2.x', []],
  ['a misspelt value', 'aws: { service: ParameterStor, region: a }', '2.x', ['invalid-object']],
] as const)('%s: %s in %s', async ([, provider, version, rules]) => {
  const found = await lint([...shop, stores(provider)], '--versions', `externalSecrets=${version}`);
  const ofStore = found.filter(line => line.startsWith('store.yaml'));
  expect(ofStore.map(line => line.replace(/.* /, ''))).toEqual(rules);
});

test('where nothing is told, what is installed counts: an image, and a chart', async () => {
  const image = operator('ghcr.io/cloudnative-pg/cloudnative-pg:1.29.1@sha256:0');
  const found = [
    'cluster.yaml:4:47 invalid-object',
    'role.yaml:1:13 unserved-version',
    'for CloudNativePG 1.29',
  ];
  expect(await lint([...shop, ['operator.yaml', image]])).toEqual(found);
  expect(await lint([...shop, ['operator.yaml', release('cloudnative-pg', '0.28.2')]])).toEqual(
    found,
  );
  expect(await lint([...shop, ['eso.yaml', release('external-secrets', '1.3.2')]])).toEqual([
    'secret.yaml:6:29 invalid-object',
    'secret.yaml:7:64 invalid-object',
    'for External Secrets Operator 1.3',
  ]);
});

test('what is told goes before what is installed', async () => {
  const files = [...shop, ['eso.yaml', release('external-secrets', '1.3.2')]] as const;
  expect(await lint(files, '--versions', 'externalSecrets=2.9')).toEqual([
    'for External Secrets Operator 2.9',
  ]);
});

test.for([
  ['a version that is not known', release('external-secrets', '0.16.2')],
  ['a range', release('external-secrets', '>=1.0.0')],
  ['a chart of which it is not known what it installs', release('cloudnative-pg', '0.20.0')],
])('%s decides nothing', async ([, manifest = '']) => {
  expect(await lint([...shop, ['operator.yaml', manifest]])).toEqual([]);
});

test('two versions in one cluster decide nothing', async () => {
  const one = operator('ghcr.io/cloudnative-pg/cloudnative-pg:1.29.1');
  const other = one.replace('name: manager,', 'name: other,').replace('1.29.1', '1.30.0');
  expect(await lint([...shop, ['a.yaml', one], ['b.yaml', other]])).toEqual([]);
});

/** As a manifest of before 0.17 has it. */
const old = secret
  .replace('/v1', '/v1beta1')
  .replace('CreateOrMerge', 'Owner')
  .replace(', nullBytePolicy: Fail', '');

test('an apiVersion that the installed operator serves still is no fault', async () => {
  const files = [...shop, ['secret.yaml', old]] as const;
  // Nothing tells which version runs: a warning.
  expect(await lint(files)).toEqual([]);
  expect(await lint([...files, ['eso.yaml', release('external-secrets', '0.16.2')]])).toEqual([]);
  expect(await lint([...files, ['eso.yaml', release('external-secrets', '0.17.0')]])).toEqual([
    'secret.yaml:1:13 unserved-version',
  ]);
});

test.for([
  ['externalSecrets', '--versions takes a list such as externalSecrets=2.x'],
  ['eso=1.3', '--versions knows no "eso". The names are: cloudnativePg'],
  ['cnpg=1', '--versions knows no "cnpg"'],
  [
    'cloudnativePg=1.99',
    'version "1.99" of CloudNativePG is not known. The versions are: 1.28, 1.29, 1.30.',
  ],
])('--versions %s is refused', async ([said = '', message = '']) => {
  expectStderr(await runMain(folderOf(), ['lint', '.', '--versions', said]), 2, message);
});

test('a summary for programs has the versions', async () => {
  const flags = ['--versions', 'cloudnativePg=v1.30.1', '-o', 'json'];
  const { stdout } = await runMain(folderOf(shop), ['lint', '.', ...flags]);
  expect(JSON.parse(stdout)).toMatchObject({ summary: { versions: ['CloudNativePG 1.30'] } });
});
