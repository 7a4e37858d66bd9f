import { expect, test } from 'vitest';
import { serviceHosts } from '../../generator/graph/hosts.ts';
import { graphOf } from '../graph/graph-of.ts';
import { runMain } from '../machine.ts';
import { cnpgCluster } from '../manifests.ts';
import { objectsIn, readsIn, readsOf, release } from './releases.ts';

test.for(readsIn('values of any chart'))('values %s of any chart read %j', ([values, reads]) => {
  expect(readsOf(graphOf(release(values, 'my-chart')))).toEqual(reads);
});

test('whole objects in the values are objects, in the namespace of the release', () => {
  const object = (name: string, more = ''): string =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}${more} }, stringData: { key: x } }`;
  const values = `{
    extraObjects: [${object('a')}, 'text', { kind: Secret }],
    extraDeploy: [${object('b', ', namespace: other')}],
    rawResources: { c: ${object('c')} },
    notes: [${object('d')}] }`;
  const graph = graphOf(release(values, 'my-chart'));
  expect(objectsIn(graph).slice(1)).toEqual(['Secret/apps/a', 'Secret/other/b', 'Secret/apps/c']);
  expect(readsOf(graph)).toEqual([]);
});

test('hosts in the texts are hosts, once each', () => {
  const values =
    '{ config: { database: { host: db.data.svc.cluster.local } }, url: http://api:80/ }';
  const hosts = serviceHosts(graphOf(release(values, 'my-chart')));
  expect(hosts.map(({ service, namespace }) => `${namespace}/${service}`)).toEqual([
    'data/db',
    'apps/api',
  ]);
});

test('a host of a CNPG Cluster is judged in the values of any chart', async () => {
  const cluster = cnpgCluster('db', 'data');
  const values = '{ config: { host: db-rw.other.svc.cluster.local } }';
  const { stdout } = await runMain('.', 'lint -', `${cluster}---\n${release(values, 'my-chart')}`);
  expect(stdout).toContain('there is no Service "db-rw" in namespace "other" [unknown-host]');
});

test('a Secret that a chart may make itself is not missed, one that it takes is', async () => {
  const linted = async (values: string): Promise<string> =>
    (await runMain('.', 'lint -', release(values, 'my-chart'))).stdout;
  const doubt = 'made perhaps by the Helm chart "my-chart" in apps';
  expect(await linted('{ tls: { secretName: cert } }')).toContain(doubt);
  expect(await linted('{ existingSecret: login }')).toContain('nothing makes the Secret "login"');
  const other = release('{}', 'web').replace('name: shop', 'name: other');
  const both = async (name: string): Promise<string> =>
    (
      await runMain(
        '.',
        'lint -',
        `${release(`{ existingSecret: ${name} }`, 'my-chart')}---\n${other}`,
      )
    ).stdout;
  expect(await both('web-login')).toContain('made perhaps by the Helm chart "web" in apps');
  expect(await both('login')).toContain('nothing makes the Secret "login"');
});
