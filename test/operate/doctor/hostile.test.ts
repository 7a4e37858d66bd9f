import { expect, test } from 'vitest';
import { podReading } from '../../manifests.ts';
import { brokenCluster, type Cluster, expectSaid } from './broken-clusters.ts';

const PLANTED = 'Zk9wQ2xhbnRlZC1TZWNyZXQ0NzEx';
const PLAIN = 'hunter2-Planted';
const FORMATS = ['text', 'json'];

/** Puts a value wherever a dump may have one. */
function plant(cluster: Cluster): void {
  for (const secret of cluster.files.get('secrets.json').items) {
    secret.data = { password: PLANTED, [PLANTED]: PLANTED };
    secret.stringData = { password: PLAIN };
    const applied = JSON.stringify({ stringData: { password: PLAIN } });
    secret.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
  }
  const told = `could not log in with password=${PLAIN} to postgres://shop:${PLAIN}@db/shop, token ${PLANTED}`;
  cluster.fail(cluster.get('ExternalSecret', 'api-keys'), 'SecretSyncedError', told);
  cluster.unsynced('db-login', told);
  cluster.get('Cluster', 'db').status.managedRolesStatus = {
    cannotReconcile: { reporter: [told] },
  };
  cluster.get('Database', 'extra').status = { applied: false, message: told };
  cluster.get('Cluster', 'logs').status = { phase: 'Waiting for user action', phaseReason: told };
  cluster.wait(cluster.get('Pod', 'worker-0'), 'CreateContainerConfigError', `secret: ${told}`);
}

test.for(FORMATS)('a value of a dump comes out nowhere: %s', async format => {
  const cluster = brokenCluster();
  plant(cluster);
  const { status, stdout, stderr } = await cluster.doctor(format);
  expect(status).toBe(1);
  expect(stdout).toContain('UpdateFailed');
  expect(stdout + stderr).not.toContain(PLANTED);
  expect(stdout + stderr).not.toContain(PLAIN);
});

test.for(FORMATS)('nor does one of a file that is no dump: %s', async format => {
  const cluster = brokenCluster();
  cluster.files.set('secrets.yaml', `stringData: { password: ${PLAIN} }`);
  cluster.files.set('cut.json', `{ "data": { "password": "${PLANTED}`);
  const { status, stdout, stderr } = await cluster.doctor(format);
  expect(stderr).toContain('rem-secrets: cut.json is left out: it is no JSON\n');
  expect(stderr).toContain('rem-secrets: secrets.yaml is left out: it is no JSON\n');
  expect(stdout + stderr).not.toMatch(new RegExp(`${PLANTED}|${PLAIN}`));
  expect(status).toBe(2);
});

test.for([
  'x; rm -rf ~',
  '$(id)',
  '`id`',
  '--kubeconfig=/tmp/evil',
  "a'b",
  'a\nb',
  'a\u202eb',
  '##[error]a',
  '\u001b[31mred',
  '__proto__',
  'constructor',
])('no name is more than a word of a command: %j', async name => {
  const cluster = brokenCluster();
  cluster.apply(podReading(JSON.stringify(name)));
  const { status, stdout } = await cluster.doctor();
  expect(status).toBe(1);
  expect(stdout).toContain('[secret]');
  expect(stdout.match(/^ {2}run: .*/gm) ?? []).toEqual(
    /^\w+$/.test(name) ? [`  run: kubectl create secret generic ${name} -n shop`] : [],
  );
  for (const unseen of ['\u001b', '\u202e', '\nb', '##[']) expect(stdout).not.toContain(unseen);
});

test('depth is no matter', async () => {
  const cluster = brokenCluster('key-not-applied');
  const deep = 100_000;
  const text = JSON.stringify(cluster.files.get('externalsecrets.json')).replaceAll(
    '"refreshInterval"',
    `"deep":${'['.repeat(deep)}${']'.repeat(deep)},"refreshInterval"`,
  );
  cluster.files.set('externalsecrets.json', text);
  cluster.files.set('lists.json', `${'{"kind":"List","items":['.repeat(deep)}${']}'.repeat(deep)}`);
  await expectSaid(cluster.doctor(), '[keys]', 1);
});
