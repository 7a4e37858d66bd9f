import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { lintListOf, written } from '../krm/calls.ts';
import { exits, runKrm } from '../machine.ts';
import { deployment, namesOf, podSpec } from './calls.ts';

function listOf(spec: string, ...items: readonly string[]): string {
  return lintListOf(spec, ...items)
    .replace('kind: RemSecretsLint', 'kind: RemSecretsInjection')
    .replace('name: lint', 'name: shop');
}

const api = deployment('[{ name: api, image: "a:1" } ]');
const odd = 'kind: Odd # as it is written\napiVersion: example.org/v1\nmetadata: { name: odd }\n';
const right = '{ workloads: { a: { target: { kind: Deployment }, env: { MODE: fast } } } }';

test('what is injected into is written anew, and all else is the text that came', async () => {
  const list = listOf(right, odd, api);
  const { status, stdout, stderr } = await runKrm(list);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\n').slice(0, 11)).toEqual(list.split('\n').slice(0, 11));
  const { items } = load(stdout) as { items: readonly KubeObject[] };
  expect(podSpec(items.slice(1)).containers.flatMap(namesOf)).toEqual(['MODE']);
  expect(await runKrm(stdout)).toEqual({ status, stdout, stderr });
});

test('a fault is a result at the field of the config, and the items stay as they came', async () => {
  const list = listOf(right.replace('kind: Deployment', 'name: web'), odd, api);
  const ran = exits(1, await runKrm(list));
  expect(written(ran).results).toEqual([
    {
      message: expect.stringMatching(/^no workload is named "web"\. The workloads here/),
      severity: 'error',
      resourceRef: {
        apiVersion: 'rem-secrets.io/v1alpha1',
        kind: 'RemSecretsInjection',
        name: 'shop',
      },
      field: { path: 'spec.workloads.a.target.name' },
      tags: { rule: 'unknown-workload', function: 'rem-secrets/RemSecretsInjection/shop' },
    },
  ]);
  expect(written(ran).items).toEqual((load(list) as { items: unknown }).items);
});

test('a value that looks like a secret is nowhere in what is printed', async () => {
  const value = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
  const ran = exits(1, await runKrm(listOf(right.replace('fast', value), api)));
  expect(ran.stderr).toContain('[secret-value]');
  expect(ran.stdout + ran.stderr).not.toContain(value);
});

test('a warning is a result too, and stops nothing', async () => {
  const there = deployment('[{ name: api, image: "a:1", env: [{ name: MODE, value: fast }] }]');
  const ran = exits(0, await runKrm(listOf(right, there)));
  expect(ran.stderr).toMatch(/^spec\.workloads\.a: warning: "a" does nothing/);
  expect(written(ran).results).toMatchObject([{ severity: 'warning' }]);
});

test.for(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'a container may be called %s, and so may what a record has',
  async name => {
    const record = JSON.stringify({
      shop: { containers: JSON.parse(`{ "${name}": { "env": 1, "was": [1], "envFrom": [1] } }`) },
      [name]: {},
    });
    const item = deployment(
      `[{ name: ${name}, image: "a:1", env: [{ name: ${name}, value: a }] }]`,
      `, annotations: { rem-secrets.io/injected: '${record}' }`,
    );
    const ran = await runKrm(listOf(right, item));
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const { items } = written(ran);
    expect(podSpec(items).containers.flatMap(namesOf)).toEqual([name, 'MODE']);
    const text = String(items[0]?.metadata.annotations?.['rem-secrets.io/injected']);
    expect(text).toContain(`"${name}":{"env":["MODE"]}`);
    expect(Reflect.get({}, 'env')).toBeUndefined();
  },
);
