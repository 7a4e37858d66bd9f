import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../machine.ts';
import { brokenCluster } from './broken-clusters.ts';
import { Cluster, type Dumped, expectSaid } from './dumps.ts';
import { FakeCluster, WATCHED } from './fake-cluster.ts';

const manifests = readFileSync(join(root, 'test/operate/doctor/in.yaml'), 'utf8');

/** A cluster in which CNPG has set a password from an older version of its Secret. */
function older(change: (secret: Dumped) => void): Cluster {
  const cluster = brokenCluster('password-not-set');
  change(cluster.get('Secret', 'reporter-login'));
  return cluster;
}

test.for([
  [
    'without the label that CNPG looks for, another version may have the same password',
    {},
    'Secret shop/reporter-login: unknown, because CNPG Cluster "db" has set the password of role "reporter" from an older version of the Secret, which has no label cnpg.io/reload=true [cnpg]\n  run: kubectl label secret reporter-login -n shop cnpg.io/reload=true\n',
    0,
  ],
  [
    'a label is one whatever its value',
    { 'cnpg.io/reload': '' },
    'has not set the password of role "reporter" since the Secret changed',
    1,
  ],
] as const)('%s', async ([, labels, words, status]) => {
  const cluster = older(({ metadata }) => {
    metadata.labels = labels;
  });
  await expectSaid(cluster.doctor(), words, status);
});

test('what was written just now is waited for', async () => {
  const cluster = older(({ metadata }) => {
    metadata.managedFields[0].time = '2026-11-20T11:59:00Z';
  });
  await expectSaid(
    new FakeCluster(cluster).run(WATCHED),
    'unknown, because CNPG Cluster "db" has set the password',
    1,
  );
});

test('a DatabaseRole says of itself which version it has', async () => {
  const manifests = `
apiVersion: postgresql.cnpg.io/v1
kind: DatabaseRole
metadata: { name: reporter, namespace: shop }
spec: { name: reporting, cluster: { name: db }, passwordSecret: { name: reporter-login } }
`;
  const cluster = older(() => {});
  const metadata = { name: 'reporter', namespace: 'shop' };
  const spec = { name: 'reporting', passwordSecret: { name: 'reporter-login' } };
  const status: Dumped = { applied: true, secretResourceVersion: '4711' };
  cluster.add('cnpg.json', {
    ...{ apiVersion: 'postgresql.cnpg.io/v1', kind: 'DatabaseRole', metadata, spec, status },
  });
  expect((await cluster.doctor('text', manifests)).stdout).toContain(
    'DatabaseRole "reporter" has not set the password of role "reporting" since the Secret changed [cnpg]',
  );
  status.secretResourceVersion = '5000';
  expect(await cluster.doctor('text', manifests)).toMatchObject({ status: 0, stdout: '' });
});

test('of a version that is not told nothing is said', async () => {
  const unsaid = older(({ metadata }) => {
    metadata.resourceVersion = undefined;
  });
  expect(await unsaid.doctor()).toMatchObject({ status: 0, stdout: '' });
  const cluster = brokenCluster('password-not-set');
  cluster.get('Cluster', 'db').status.managedRolesStatus.passwordStatus = undefined;
  expect(await cluster.doctor()).toMatchObject({ status: 0, stdout: '' });
});

/** A cluster in which CNPG has looked at version 17 of the Secret of the owner, and of the superuser. */
function seen(secret: string, change: (secret: Dumped, live: Dumped) => void): Cluster {
  const cluster = new Cluster();
  const live = cluster.get('Cluster', 'db');
  const initdb = { database: 'shop', owner: 'shop', secret: { name: 'db-login' } };
  live.spec = { ...live.spec, bootstrap: { initdb }, enableSuperuserAccess: true };
  live.spec.superuserSecret = { name: 'reporter-login' };
  live.status.managedRolesStatus = {};
  live.status.secretsResourceVersion = {
    applicationSecretVersion: '17',
    superuserSecretVersion: secret === 'reporter-login' ? '17' : '4711',
  };
  const { metadata } = cluster.get('Secret', secret);
  metadata.resourceVersion = '18';
  metadata.labels = { 'cnpg.io/reload': 'true' };
  change(metadata, live);
  return cluster;
}

/** The superuser has his password from the Secret too that a role has it from. */
const WITH_SUPERUSER = manifests.replace(
  '  managed:',
  '  enableSuperuserAccess: true\n  superuserSecret: { name: reporter-login }\n  managed:',
);

test.for([
  ['db-login', 'shop'],
  ['reporter-login', 'postgres'],
] as const)('of %s the operator tells which version it has seen', async ([secret, role]) => {
  const old = await seen(secret, () => {}).doctor('text', WITH_SUPERUSER);
  expect(old.stdout).toContain(
    `CNPG Cluster "db" has not looked at the password of role "${role}" since the Secret changed [cnpg]`,
  );
  expect(old.status).toBe(1);
  const unlabelled = seen(secret, metadata => {
    metadata.labels = {};
  });
  const { status, stdout } = await unlabelled.doctor('text', WITH_SUPERUSER);
  expect(stdout).toContain(
    `CNPG Cluster "db" has last looked for the password of role "${role}" at an older version of the Secret, which has no label cnpg.io/reload=true [cnpg]`,
  );
  expect(status).toBe(0);
  const quiet: readonly Parameters<typeof seen>[1][] = [
    metadata => {
      metadata.resourceVersion = '17';
    },
    // A replica cluster has the passwords of its source.
    (_, live) => {
      live.spec.replica = { enabled: true, source: 'other' };
    },
    (_, live) => {
      live.status.secretsResourceVersion = undefined;
    },
  ];
  for (const change of quiet)
    expect(await seen(secret, change).doctor('text', WITH_SUPERUSER)).toMatchObject({
      status: 0,
      stdout: '',
    });
});
