import { expect, test } from 'vitest';
import { isUntouched } from '../../generator/diff/diff.ts';
import { nothingOutside, type ObjectSet } from '../../generator/world/object-set.ts';
import { parseSource } from '../../generator/world/source.ts';
import { folderOf, runMain } from '../machine.ts';

function setOf(number: number, value: string, more: Partial<ObjectSet> = {}): ObjectSet {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: ${value} }\n`;
  const source = { name: 'a', file: 'a.yaml', isBuilt: false, findings: [], text };
  const { objects } = parseSource(source, number, 'shop');
  return { objects, context: [], outside: nothingOutside, ...more };
}

const unknown = { what: 'a template', mayMake: (): boolean => false };

test.for([
  ['the same', {}, {}, true],
  ['something around it', {}, { context: setOf(9, 'x').objects }, false],
  ['something declared', {}, { outside: { ...nothingOutside, objects: new Set(['A/a']) } }, false],
  [
    'unknown for another reason',
    { outside: { ...nothingOutside, unknowns: [unknown] } },
    { outside: { ...nothingOutside, unknowns: [{ ...unknown, mayMake: (): boolean => false }] } },
    false,
  ],
] as const)('both sides: %s', ([, base, head, expected]) => {
  const pair = { name: '', base: setOf(0, 'x', base), head: setOf(1, 'x', head) };
  expect(isUntouched(pair)).toBe(expected);
  expect(isUntouched({ ...pair, head: setOf(1, 'y', head) })).toBe(false);
});

const SPEC = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  cluster: main
  stores: { vault: { aws: { service: SecretsManager, region: eu-central-1 } } }
  secrets: { api: { store: vault, keys: { key: shop/api } } }
  workloads: { web: { image: registry.example.com/web:1, env: { KEY: { secret: api, key: key } } } }
  environments:
    a: { namespace: shop-a }
    b: { namespace: shop-b }
`;

test('of the environments of one cluster each is told of what changes in it', async () => {
  const sides = ['base', 'head'].map(side => [`${side}/rem-secrets.yaml`, SPEC] as const);
  const folder = folderOf(sides);
  for (const side of ['base', 'head'])
    expect((await runMain(`${folder}/${side}`, 'expand')).status).toBe(0);
  const spec = SPEC.replace(
    'b: { namespace: shop-b }',
    'b: { namespace: shop-b, workloads: { web: { replicas: 3 } } }',
  );
  const head = folderOf([['rem-secrets.yaml', spec]]);
  expect((await runMain(head, 'expand')).status).toBe(0);
  const { stdout } = await runMain(folder, [
    '-o',
    'json',
    'diff',
    '--base',
    'base',
    '--head',
    head,
  ]);
  const { environments, changes } = JSON.parse(stdout);
  expect(
    environments.map((environment: { readonly name: string; readonly changed: number }) => [
      environment.name,
      environment.changed,
    ]),
  ).toEqual([
    ['a', 0],
    ['b', 1],
    ['main', 0],
  ]);
  expect(changes).toHaveLength(1);
});
