import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { brokenCluster } from './broken-clusters.ts';

const SEEN = { well: 5, all: 'rem-secrets: Secrets: 5 well, 0 broken, 0 not known\n' };

test('of a cluster in which all is well nothing is said', async () => {
  expect(await brokenCluster().doctor()).toEqual({ status: 0, stdout: '', stderr: SEEN.all });
});

test('every link of it is well', async () => {
  const [{ newest, secrets }] = JSON.parse((await brokenCluster().doctor('json')).stdout).diagnoses;
  expect(newest).toBe('2026-11-20T12:00:00Z');
  expect(secrets).toHaveLength(SEEN.well);
  const links = secrets.flatMap((secret: { links: object[] }) => secret.links);
  expect(new Set(links.map((one: { link: string }) => one.link)).size).toBe(10);
  for (const link of links) expect(link).toMatchObject({ state: 'ok' });
});

test('a dump is as old as the newest time in it, whoever wrote it', async () => {
  const at = '2026-11-20T12:30:00Z';
  for (const set of [
    ['PushSecret jwt', 'metadata creationTimestamp', at],
    ['PushSecret jwt', 'metadata managedFields', [{ time: at }]],
    ['PushSecret jwt', 'status refreshTime', at],
    ['Pod worker-0', 'status startTime', at],
  ]) {
    const cluster = brokenCluster(undefined, [{ set }]);
    expect(JSON.parse((await cluster.doctor('json')).stdout).diagnoses[0].newest).toBe(at);
  }
});

/** Without a kind, or with what tells nothing of it, nothing is broken. */
const MISSING: Readonly<Record<string, RegExp>> = {
  'stores.json': /unknown, because the dump lists no ClusterSecretStore \[store\]/,
  'externalsecrets.json': /no ExternalSecret in namespace "shop" \[external-secret\]/,
  'secrets.json': /no Secret in namespace "shop" \[secret\]/,
  'pods.json': /no Pod in namespace "shop" \[pods\]/,
  'cnpg.json': /no Cluster in namespace "shop" \[cnpg\]/,
};

test.for(Object.entries(MISSING))('without %s it is unknown why', async ([file, words]) => {
  for (const step of [
    { lose: [file] },
    ...[[], null].map(items => ({ set: [file, 'items', items] })),
  ]) {
    const { status, stdout, stderr } = await brokenCluster(undefined, [step]).doctor();
    expect(stdout).toMatch(words);
    // With a command that shows it, which would print the values of Secrets.
    expect(/^ {2}run: kubectl get \S+ .*-o json$/m.test(stdout)).toBe(file !== 'secrets.json');
    expect(stderr).toMatch(/ 0 broken, [1-9] not known\n$/);
    expect(status).toBe(0);
  }
});

test('one object alone says of no other that it is not there', async () => {
  const cluster = brokenCluster();
  cluster.files.set('stores.json', cluster.get('ClusterSecretStore', 'aws'));
  cluster.files.set('externalsecrets.json', cluster.get('ExternalSecret', 'db-login'));
  const { status, stdout } = await cluster.doctor();
  expect(status).toBe(0);
  expect(stdout).toContain('the dump lists no ExternalSecret in namespace "shop"');
  expect(stdout.match(/unknown/g)).toHaveLength(2); // Of ExternalSecrets, and of PushSecrets.
});

test('metadata alone is enough of Secrets, and a typed list needs no kinds', async () => {
  const cluster = brokenCluster();
  for (const secret of cluster.files.get('secrets.json').items) {
    Object.assign(secret, { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata' });
    delete secret.data;
  }
  const stores = cluster.files.get('stores.json');
  Object.assign(stores, {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStoreList',
    items: stores.items.map(({ metadata, status }: Record<string, unknown>) => ({
      metadata,
      status,
    })),
  });
  expect(await cluster.doctor()).toEqual({ status: 0, stdout: '', stderr: SEEN.all });
});

test('a pod that was started before the last refresh may have what is there', async () => {
  const cluster = brokenCluster();
  for (const { metadata } of cluster.files.get('secrets.json').items) delete metadata.managedFields;
  for (const [name, keys] of [
    ['api-keys', ['stripe', 'mail']],
    ['db-login', ['username', 'password']],
    ['reporter-login', ['username', 'password']],
    ['jwt', ['signing.pem']],
    ['logs-app', ['uri']],
  ] as const)
    cluster.get('Secret', name).data = Object.fromEntries(keys.map(key => [key, 'eA==']));
  expect((await cluster.doctor()).stdout).toMatch(/--show-managed-fields does \[restart\]/);
  const [status] = cluster.get('Pod', 'api-7d9c5b-x2x4v').status.containerStatuses;
  status.state.running.startedAt = '2026-11-20T11:45:00Z';
  expect((await cluster.doctor()).stdout).not.toMatch(/api-keys|db-login/);
});

/** Events as `time version`; the condition is of 11:00:00. */
test.for([
  [['11:00:00 9', '11:00:00 10'], '10'],
  [['11:00:00 10', '11:00:00 9'], '10'],
  [['11:00:00 10', '11:00:00 11'], '11'],
  [['11:00:00 11', '11:00:00 10'], '11'],
  [['11:00:01 1', '11:00:00 2'], '1'],
  [['11:00:00 2', '11:00:01 1'], '1'],
  [['10:59:56 1'], '1'],
  [['10:59:50 1'], undefined],
] as const)('of the events %j the one that counts is %s', async ([events, expected]) => {
  const cluster = brokenCluster('event-gone');
  const secret = cluster.get('ExternalSecret', 'api-keys');
  for (const event of events) {
    const [time = '', version = ''] = event.split(' ');
    cluster.tell(secret, 'UpdateFailed', `told by ${version}`, `2026-11-20T${time}Z`);
    cluster.files.get('events.json').items.at(-1).metadata.resourceVersion = version;
  }
  const { stdout } = await cluster.doctor();
  expect(/told by (\d+)/.exec(stdout)?.[1]).toBe(expected);
});

test.for([
  [['doctor', '--from', 'dump', '--watch'], 'a dump does not change: --watch needs kubectl'],
  [['doctor', '--from', 'dump', '--context', 'a'], 'a dump has no context and no kubeconfig'],
  [['doctor', '--timeout', '1d'], '--timeout takes a duration such as 90s or 10m, not "1d"'],
  [['doctor', '--from', 'absent'], 'there is no folder absent'],
  [['doctor', '--from', 'empty'], 'there is no dump of kubectl in empty'],
  [['doctor', '--from', 'dump', 'absent.yaml'], 'there is no absent.yaml'],
  [['doctor', '--from', 'dump', '-e', 'qa'], 'qa'],
  [['doctor', '--from', 'dump'], 'name the environment that the cluster has with -e: dev, prod'],
  [['--format', 'csv', 'doctor', '--from', 'dump'], 'doctor has no --format csv, only text, json'],
] as const)('%j', async ([args, words]) => {
  const folder = folderOf([
    ['rem-secrets.yaml', SPEC],
    ['dump/a.json', '{ "apiVersion": "v1", "kind": "List", "items": [] }'],
    ['empty/notes.txt', 'no JSON'],
  ]);
  await runMain(folder, ['expand']);
  const { status, stdout, stderr } = await runMain(folder, args);
  expect(stderr).toContain(words);
  expect(stdout).toBe('');
  expect(status).toBe(words === 'qa' ? 1 : 2);
});

const SPEC = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: stripe-key } }, jwt: { manual: [signing.pem] } }
workloads: { api: { image: 'shop/api:1', env: { KEY: { secret: jwt, key: signing.pem } } } }
environments: { dev: {}, prod: {} }
`);

test('a spec: lines of it, its overlay, and its environment in commands', async () => {
  const cluster = brokenCluster('parameter-missing');
  cluster.remove('Secret', 'jwt');
  const folder = cluster.written();
  writeFileSync(join(folder, 'rem-secrets.yaml'), SPEC);
  expect(await runMain(folder, ['expand'])).toMatchObject({ status: 0 });
  const { status, stdout } = await runMain(folder, ['doctor', '--from', 'dump', '-e', 'prod']);
  expect(stdout).toMatch(/^rem-secrets\.yaml:7:\d+: Secret shop\/api-keys: .* \[entry\]$/m);
  expect(stdout).toContain('  run: rem-secrets params put /shop/stripe-key -e prod\n');
  expect(stdout).toContain(
    '  run: kubectl create secret generic jwt -n shop --from-file=signing.pem=',
  );
  expect(status).toBe(1);
});
