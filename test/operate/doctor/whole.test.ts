import { expect, test } from 'vitest';
import { folderOf, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { brokenCluster } from './broken-clusters.ts';
import type { Cluster } from './dumps.ts';
import { expectSaid } from './dumps.ts';

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
  for (const write of [
    (cluster: Cluster) =>
      Object.assign(cluster.get('PushSecret', 'jwt').metadata, { creationTimestamp: at }),
    (cluster: Cluster) =>
      Object.assign(cluster.get('PushSecret', 'jwt').metadata, { managedFields: [{ time: at }] }),
    (cluster: Cluster) =>
      Object.assign(cluster.get('PushSecret', 'jwt').status, { refreshTime: at }),
    (cluster: Cluster) => Object.assign(cluster.get('Pod', 'worker-0').status, { startTime: at }),
  ]) {
    const cluster = brokenCluster();
    write(cluster);
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
  for (const change of [
    (cluster: Cluster) => cluster.files.delete(file),
    (cluster: Cluster) => Object.assign(cluster.files.get(file), { items: [] }),
    (cluster: Cluster) => Object.assign(cluster.files.get(file), { items: null }),
  ]) {
    const cluster = brokenCluster();
    change(cluster);
    const { status, stdout, stderr } = await cluster.doctor();
    expect(stdout).toMatch(words);
    // With a command that shows it, which would print the values of Secrets.
    expect(/^ {2}run: kubectl get \S+ .*-o json$/m.test(stdout)).toBe(file !== 'secrets.json');
    expect(stderr).toMatch(/ 0 broken, [1-9] not known\n$/);
    expect(status).toBe(0);
  }
});

test('without workloads and events all that is asked is still known', async () => {
  const cluster = brokenCluster();
  cluster.files.delete('workloads.json');
  cluster.files.delete('events.json');
  expect(await cluster.doctor()).toEqual({ status: 0, stdout: '', stderr: SEEN.all });
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

test('nor does another API with a kind of that name, or a page of a longer list', async () => {
  const cluster = brokenCluster();
  cluster.remove('Cluster', 'db');
  cluster.remove('Cluster', 'logs');
  const metadata = { name: 'a', namespace: 'shop' };
  cluster.add('cnpg.json', { apiVersion: 'cluster.x-k8s.io/v1', kind: 'Cluster', metadata });
  cluster.remove('Secret', 'jwt');
  cluster.files.get('secrets.json').metadata.continue = 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ';
  const { status, stdout } = await cluster.doctor();
  expect(stdout).toContain('the dump lists no Cluster in namespace "shop" [cnpg]');
  expect(stdout).toContain('Secret shop/jwt: unknown, because the dump lists no Secret');
  expect(status).toBe(0);
});

/** A release of a chart whose workloads are named by it, and that reads a Secret. */
const RELEASE = (name: string, namespace: string): string => `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: "${namespace}" }
spec:
  interval: 1h
  chart: { spec: { chart: app-template, version: 4.6.2, sourceRef: { kind: HelmRepository, name: bjw-s } } }
  values:
    controllers:
      web:
        containers:
          web:
            image: { repository: shop/web, tag: "1" }
            env: { KEY: { valueFrom: { secretKeyRef: { name: "${name}", key: stripe } } } }
`;

test('what a chart runs may be called otherwise', async () => {
  await expectSaid(
    brokenCluster().doctor('text', RELEASE('api-keys', 'shop')),
    'unknown, because another tool decides what Deployment "web" is called',
    0,
  );
});

test('a name that another tool fills in is not looked for', async () => {
  for (const [name, namespace] of [
    ['{{ .Values.name }}', 'shop'],
    ['api', `\${ns}`],
  ] as const)
    expect(await brokenCluster().doctor('text', RELEASE(name, namespace))).toEqual({
      status: 0,
      stdout: '',
      stderr: 'rem-secrets: Secrets: 0 well, 0 broken, 0 not known\n',
    });
});

test('a broken link tells which ones before it nobody could see', async () => {
  const cluster = brokenCluster('secret-deleted');
  cluster.files.delete('stores.json');
  cluster.files.delete('externalsecrets.json');
  const { stdout } = await cluster.doctor();
  expect(stdout).toContain(
    '  run: kubectl describe externalsecret.external-secrets.io api-keys -n shop\n',
  );
  expect(stdout).toContain('  not known: store, external-secret\n');
  expect(stdout).not.toContain('which makes it, is not there');
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

test('what is new has not been looked at yet', async () => {
  const cluster = brokenCluster();
  const secret = cluster.get('ExternalSecret', 'api-keys');
  secret.metadata.creationTimestamp = '2026-11-20T11:59:30Z';
  secret.status = {};
  await expectSaid(cluster.doctor(), 'is new, and has no condition yet', 0);
});

/** What is over, or not late yet, is no fault. */
const WELL: Readonly<Record<string, (cluster: Cluster) => void>> = {
  'a short interval': cluster => {
    const { spec, status } = cluster.get('ExternalSecret', 'api-keys');
    spec.refreshInterval = '10s';
    status.refreshTime = '2026-11-20T11:51:00Z';
  },
  'a mount that failed before the container started and failed by itself': cluster => {
    const pod = cluster.get('Pod', 'api-7d9c5b-x2x4v');
    cluster.wait(pod, 'CrashLoopBackOff');
    const startedAt = '2026-11-20T11:57:00Z';
    pod.status.containerStatuses[0].lastState = { terminated: { startedAt } };
    const text = 'volume "jwt" : references non-existent secret key: signing.pem';
    cluster.tell(
      pod,
      'FailedMount',
      `MountVolume.SetUp failed for ${text}`,
      '2026-11-20T11:50:00Z',
    );
  },
  'an error of an Application whose objects are all there': cluster =>
    cluster.add('workloads.json', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'shop', namespace: 'argocd' },
      spec: { destination: { namespace: 'shop' } },
      status: { conditions: [{ type: 'ComparisonError', message: 'failed' }] },
    }),
};

test.for(Object.entries(WELL))('%s is no fault', async ([, change]) => {
  const cluster = brokenCluster();
  change(cluster);
  expect(await cluster.doctor()).toEqual({ status: 0, stdout: '', stderr: SEEN.all });
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

test('a Cluster that missed a Secret before it was made is on its way', async () => {
  const cluster = brokenCluster();
  const db = cluster.get('Cluster', 'db');
  db.status.phase = 'Setting up primary';
  cluster.get('Secret', 'reporter-login').metadata.creationTimestamp = '2026-11-20T11:50:00Z';
  cluster.tell(db, 'SecretNotFound', 'Getting secret reporter-login', '2026-11-20T11:49:00Z');
  await expectSaid(
    cluster.doctor(),
    'unknown, because CNPG Cluster "db" is at "Setting up primary" [cnpg]',
    0,
  );
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
  const files = [...cluster.files].map(([name, list]): [string, string] => [
    `dump/${name}`,
    JSON.stringify(list),
  ]);
  const folder = folderOf([['rem-secrets.yaml', SPEC], ...files]);
  expect(await runMain(folder, ['expand'])).toMatchObject({ status: 0 });
  const { status, stdout } = await runMain(folder, ['doctor', '--from', 'dump', '-e', 'prod']);
  expect(stdout).toMatch(/^rem-secrets\.yaml:7:\d+: Secret shop\/api-keys: .* \[entry\]$/m);
  expect(stdout).toContain('  run: rem-secrets params put /shop/stripe-key -e prod\n');
  expect(stdout).toContain(
    '  run: kubectl create secret generic jwt -n shop --from-file=signing.pem=',
  );
  expect(status).toBe(1);
});
