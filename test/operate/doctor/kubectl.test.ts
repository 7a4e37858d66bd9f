import { expect, test } from 'vitest';
import { brokenCluster, brokenClusters } from './broken-clusters.ts';
import { type Behaviour, FakeCluster } from './fake-cluster.ts';

const DOCTOR = ['doctor', 'in.yaml'];
const WELL = 'rem-secrets: Secrets: 5 well, 0 broken, 0 not known\n';

function fake(name?: string, behaviour?: Behaviour): FakeCluster {
  return new FakeCluster(brokenCluster(name), behaviour);
}

test('of a cluster in which all is well nothing is said', async () => {
  const cluster = fake();
  expect(await cluster.run(DOCTOR)).toEqual({ status: 0, stdout: '', stderr: WELL });
  expect(cluster.stopped).toBe(1);
});

test.for(brokenClusters)('%s: the same is told as of a dump', async name => {
  const asked = await fake(name).run(DOCTOR);
  const read = await brokenCluster(name).doctor();
  const ofDump = read.stdout.replaceAll('the dump lists', 'the cluster lists');
  expect(asked).toEqual({ ...read, stdout: ofDump });
});

test('nothing is asked for but lists of its namespaces, each once', async () => {
  const cluster = fake();
  await cluster.run(DOCTOR);
  const lists = cluster.asked.filter(path => path.includes('?'));
  expect(lists.sort()).toMatchInlineSnapshot(`
    [
      "/api/v1/namespaces/default/events?limit=500",
      "/api/v1/namespaces/shop/events?limit=500",
      "/api/v1/namespaces/shop/pods?limit=500",
      "/api/v1/namespaces/shop/secrets?limit=500",
      "/apis/apps/v1/namespaces/shop/daemonsets?limit=500",
      "/apis/apps/v1/namespaces/shop/deployments?limit=500",
      "/apis/apps/v1/namespaces/shop/statefulsets?limit=500",
      "/apis/batch/v1/namespaces/shop/jobs?limit=500",
      "/apis/external-secrets.io/v1/clustersecretstores?limit=500",
      "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets?limit=500",
      "/apis/external-secrets.io/v1/namespaces/shop/secretstores?limit=500",
      "/apis/external-secrets.io/v1alpha1/namespaces/shop/pushsecrets?limit=500",
      "/apis/postgresql.cnpg.io/v1/namespaces/shop/clusters?limit=500",
      "/apis/postgresql.cnpg.io/v1/namespaces/shop/databases?limit=500",
    ]
  `);
  expect(new Set(cluster.asked).size).toBe(cluster.asked.length);
});

test('the proxy refuses whatever is no such list', async () => {
  const cluster = fake();
  await cluster.run([...DOCTOR, '--context', 'prod', '--kubeconfig', 'some config']);
  const [[program, ...args] = []] = cluster.started;
  expect([program, args[0]]).toEqual(['kubectl', 'proxy']);
  expect(args).toContain('--unix-socket=SOCKET');
  expect(args.slice(-2)).toEqual(['--context=prod', '--kubeconfig=some config']);
  const methods = new RegExp(flagIn(args, '--reject-methods'));
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'GETS', 'get', ''])
    expect(methods.test(method), method).toBe(true);
  expect(methods.test('GET')).toBe(false);
  const paths = flagIn(args, '--accept-paths')
    .split(',')
    .map(text => new RegExp(text));
  const isAccepted = (path: string): boolean => paths.some(pattern => pattern.test(path));
  for (const path of cluster.asked) expect(isAccepted(path.replace(/\?.*/, '')), path).toBe(true);
  for (const path of [
    '/api/v1/namespaces/shop/pods/a/exec',
    '/api/v1/namespaces/shop/pods/a/log',
    '/api/v1/namespaces/shop/pods/a',
    '/api/v1/namespaces/shop/secrets/a',
    '/api/v1/namespaces/shop/services/a/proxy/admin',
    '/api/v1/watch/secrets',
    '/apis/apps/v1/namespaces/shop/deployments/a/scale',
    '/logs/',
    '/',
  ])
    expect(isAccepted(path), path).toBe(false);
});

function flagIn(args: readonly string[], flag: string): string {
  return args.find(arg => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';
}

test('commands are for the cluster that was looked at', async () => {
  const { stdout } = await fake('secret-deleted').run([...DOCTOR, '--context', 'prod']);
  expect(stdout).toMatch(/^ {2}run: kubectl --context prod annotate externalsecret api-keys/m);
});

const SHOP = '/api/v1/namespaces/shop';

test.for([
  [`${SHOP}/secrets`, 'Secret', 'secret'],
  [`${SHOP}/pods`, 'Pod', 'pods'],
  ['/apis/external-secrets.io/v1/clustersecretstores', 'ClusterSecretStore', 'store'],
  [
    '/apis/external-secrets.io/v1/namespaces/shop/externalsecrets',
    'ExternalSecret',
    'external-secret',
  ],
  ['/apis/postgresql.cnpg.io/v1/namespaces/shop/clusters', 'Cluster', 'cnpg'],
] as const)('without the right to list %s it is unknown why', async ([path, kind, link]) => {
  const words = 'it is forbidden: User "jane" cannot list';
  const { status, stdout, stderr } = await fake(undefined, {
    refused: { [path]: [403, words] },
  }).run(DOCTOR);
  expect(stdout).toContain(`unknown, because no ${kind}`);
  expect(stdout).toContain(`was shown: ${words} [${link}]`);
  expect(stdout).toMatch(/^ {2}run: kubectl auth can-i list /m);
  expect(stderr).toMatch(/ 0 broken, [1-9] not known\n$/);
  expect(status).toBe(0);
});

test('what makes a Secret and is in no namespace is asked for', async () => {
  const cluster = new FakeCluster(brokenCluster(undefined, [{ also: ['all-namespaces'] }]));
  await cluster.run(DOCTOR);
  const lists = cluster.asked.map(path => path.replace(/\?.*/, ''));
  expect(lists).toContain('/apis/external-secrets.io/v1/clusterexternalsecrets');
  expect(lists).toContain(`${SHOP}/secrets`);
});

test('without any right nothing is broken, and nothing is well', async () => {
  const lists = await askedBy(fake());
  const refused = Object.fromEntries(lists.map(path => [path, [403, 'forbidden'] as const]));
  const { status, stderr } = await fake('secret-deleted', { refused }).run(DOCTOR);
  expect(stderr).toBe('rem-secrets: Secrets: 0 well, 0 broken, 5 not known\n');
  expect(status).toBe(0);
});

async function askedBy(cluster: FakeCluster): Promise<string[]> {
  await cluster.run(DOCTOR);
  return cluster.asked.filter(path => path.includes('?')).map(path => path.replace(/\?.*/, ''));
}

test.for<[string, Behaviour]>([
  ['Unauthorized', { refused: { '/api/v1': [401, 'Unauthorized'] } }],
  ['dial tcp 10.0.0.1:443: connect: ', { isDown: 'dial tcp 10.0.0.1:443: connect: \u001b[31mno' }],
])('a cluster that says %j cannot be read', async ([words, behaviour]) => {
  const cluster = fake(undefined, behaviour);
  const { status, stdout, stderr } = await cluster.run(DOCTOR);
  expect(stderr).toContain(`rem-secrets: the cluster cannot be read through kubectl: ${words}`);
  expect(stderr).not.toContain('\u001b');
  expect({ status, stdout, stopped: cluster.stopped }).toEqual({
    status: 2,
    stdout: '',
    stopped: 1,
  });
});

test('a cluster that is away for a while is watched on', async () => {
  const behaviour: { isDown?: string } = { isDown: 'dial tcp 10.0.0.1:443: connect: refused' };
  const cluster = fake(undefined, behaviour);
  const watched = await cluster.run([...DOCTOR, '--watch'], () => {
    if (cluster.asked.length > 10) delete behaviour.isDown;
  });
  const { status, stderr } = await watched;
  expect(stderr).toMatch(
    /^(rem-secrets: the cluster cannot be read .*\n)+rem-secrets: Secrets: 5 well/,
  );
  expect(status).toBe(0);
});

test('a list of many pages is one', async () => {
  const cluster = fake(undefined, { page: 1 });
  expect(await cluster.run(DOCTOR)).toEqual({ status: 0, stdout: '', stderr: WELL });
  expect(cluster.asked.filter(path => path.startsWith(`${SHOP}/secrets`))).toHaveLength(5);
});

test('words of a hostile cluster stay on their line', async () => {
  const cluster = brokenCluster();
  const told = 'a\nSecret shop/jwt: all is well\u001b[2J\u202e##[error]';
  cluster.fail(cluster.get('ExternalSecret', 'api-keys'), told, told, ['UpdateFailed', told]);
  cluster.wait(
    cluster.get('Pod', 'worker-0'),
    'CreateContainerConfigError',
    `secret "logs-app" ${told}`,
  );
  const { stdout } = await new FakeCluster(cluster).run(DOCTOR);
  expect(stdout).not.toMatch(/^Secret shop\/jwt/m);
  for (const unseen of ['\u001b', '\u202e', '##[']) expect(stdout).not.toContain(unseen);
});

test('it is watched until all is well', async () => {
  const cluster = fake('secret-deleted', {
    before: (look, { files }) => {
      if (look === 3) files.set('secrets.json', brokenCluster().files.get('secrets.json'));
    },
  });
  const { status, stdout, stderr } = await cluster.run([...DOCTOR, '--watch']);
  expect(stdout).toBe('');
  expect(stderr).toBe(`rem-secrets: Secrets: 4 well, 1 broken, 0 not known\n${WELL}`);
  expect(status).toBe(0);
});

test('or for so long', async () => {
  const line = 'doctor in.yaml --watch --timeout 12s';
  const { status, stdout, stderr } = await fake('secret-deleted').run(line.split(' '));
  expect(stdout).toContain('there is no Secret "api-keys" in namespace "shop" [secret]');
  const summary = 'rem-secrets: Secrets: 4 well, 1 broken, 0 not known\n';
  expect(stderr).toBe(summary + summary);
  expect(status).toBe(1);
});
