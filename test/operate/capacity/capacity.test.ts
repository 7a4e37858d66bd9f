import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, root, runMain } from '../../machine.ts';
import { dataOf, externalOf, joined, storeOf } from '../aws-manifests.ts';

const cases = join(root, 'test/operate/capacity/cases');

test.for(readdirSync(cases))('%s', async name => {
  const folder = join(cases, name);
  for (const format of ['text', 'json']) {
    const { status, stdout, stderr } = await runMain(folder, [
      '--format',
      format,
      'capacity',
      'in.yaml',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot(join(folder, `expected/${format}.txt`));
  }
});

interface Printed {
  readonly clusters: readonly {
    readonly name: string;
    readonly homes: readonly {
      readonly calls: readonly { readonly action: string; readonly perMonth: number }[];
      readonly costs: readonly { readonly what: string; readonly dollars: number }[];
      readonly atOneMoment: number;
    }[];
  }[];
}

async function printed(folder: string, ...args: readonly string[]): Promise<Printed['clusters']> {
  const { stdout } = await runMain(folder, ['--format', 'json', 'capacity', ...args]);
  const { clusters }: Printed = JSON.parse(stdout);
  return clusters;
}

const KEYS = Array.from({ length: 100 }, (_, index) => `/k${index}`);

// A hundred entries, by hand: 720 refreshes a month at one hour, 43,200 at one minute.
test.for([
  ['ParameterStore', '1h', 72_000, 0.156],
  ['ParameterStore', '1m', 4_320_000, 12.9],
  ['SecretsManager', '1h', 72_000, 40.36],
  ['SecretsManager', '1m', 4_320_000, 61.6],
] as const)('the month of %s at %s', async ([service, interval, calls, dollars]) => {
  const external = externalOf(
    'api',
    'kind: ClusterSecretStore, name: aws',
    `refreshInterval: ${interval}\n  ${dataOf(KEYS)}`,
  );
  const manifests = joined(storeOf(`service: ${service}, region: us-east-1`), external);
  const folder = folderOf([['in.yaml', manifests]]);
  const home = (await printed(folder, 'in.yaml'))[0]?.homes[0];
  expect(home?.calls[0]?.perMonth).toBe(calls);
  const sum = home?.costs.reduce((total, cost) => total + cost.dollars, 0);
  expect(sum).toBeCloseTo(dollars, 2);
});

test('environments that share a cluster are one controller, under the name of each', async () => {
  const shared = await printed(root, '-e', 'shared');
  expect(shared.map(({ name }) => name)).toEqual(['shared']);
  expect(await printed(root, '-e', 'dev')).toEqual(shared);
  expect((await printed(root)).map(({ name }) => name)).toEqual(['prod', 'shared']);
  expect(shared[0]?.homes[0]?.atOneMoment).toBe(16);
});

test.for([
  ['--concurrent', '0'],
  ['--latency', 'soon'],
  ['--found', '-1'],
  ['--throughput', 'most'],
])('wrong usage exits 2: %s %s', async args => {
  const { status, stdout, stderr } = await runMain(root, ['capacity', ...args]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(args[0]);
});

test('nothing of AWS, nothing to call', async () => {
  const input = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n';
  const { status, stdout } = await runMain(root, ['capacity', '-'], input);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: 'manifests\n  nothing of AWS is refreshed\n',
  });
});
