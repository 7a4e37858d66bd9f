import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { exits, runKrm } from '../machine.ts';
import { runSpec, specOf } from '../spec-text.ts';
import { faultySpec, itemsOf, listOf, shopSpec, written } from './calls.ts';

test('YAML and JSON in give the same list', async () => {
  const yaml = await runKrm(listOf(shopSpec));
  expect(await runKrm(JSON.stringify(load(listOf(shopSpec))))).toEqual(yaml);
  expect(yaml).toMatchObject({ status: 0, stderr: '' });
});

test('stdout holds one ResourceList with the objects of `rem-secrets render`', async () => {
  const rendered = JSON.parse(
    (await runSpec(specOf(shopSpec), 'render', '--output', 'json')).stdout,
  );
  const list = JSON.parse((await runKrm(listOf(shopSpec))).stdout);
  expect(list).toMatchObject({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList' });
  expect(list.results).toBeUndefined();
  expect(list.items).toEqual(rendered.items);
});

test('a finding is text on stderr, a result on stdout, and exit code 1', async () => {
  const ran = exits(1, await runKrm(listOf(faultySpec)));
  expect(ran.stderr).toMatch(/^spec\.workloads\.shop\.env\.PASSWORD\.key: error: .*"pasword"/);
  expect(written(ran).items).toEqual([]);
  expect(written(ran).results).toEqual([
    {
      message: expect.stringMatching(/"pasword".*password/),
      severity: 'error',
      resourceRef: { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', name: 'shop' },
      field: { path: 'spec.workloads.shop.env.PASSWORD.key' },
      tags: { rule: expect.any(String), function: 'rem-secrets/RemSecrets/shop' },
    },
  ]);
});

test('every fault of the spec is a result', async () => {
  const two = shopSpec.replace('key: password', 'key: pasword').replace('store: vault', 'store: v');
  const ran = await runKrm(listOf(two));
  expect(written(ran).results?.length).toBeGreaterThan(1);
  expect(ran.stderr.match(/: error: /g)).toHaveLength(written(ran).results?.length ?? 0);
});

/** Annotations that kustomize and kpt put on a functionConfig for themselves. */
const FOREIGN = [
  'internal.config.kubernetes.io/id', 'internal.config.kubernetes.io/previousNames',
  'internal.config.kubernetes.io/path', 'config.kubernetes.io/local-config',
  'config.kubernetes.io/function', 'config.kubernetes.io/origin', 'config.kubernetes.io/path',
  'config.kubernetes.io/index', 'config.k8s.io/id', 'alpha.config.kubernetes.io/transformations',
]; // biome-ignore format: a table

test('no annotation of functionConfig comes out on an object', async () => {
  const marked = `{ name: shop, annotations: ${JSON.stringify(Object.fromEntries(FOREIGN.map(name => [name, 'true'])))} }`;
  const objects = await itemsOf(listOf(shopSpec).replace('{ name: shop }', marked));
  expect(objects).toEqual(await itemsOf(listOf(shopSpec)));
  const names = objects.flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}));
  expect(names.filter(name => /config\.(kubernetes|k8s)\.io/.test(name))).toEqual([]);
});
