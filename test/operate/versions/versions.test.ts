import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isMap, type JsonObject } from '../../../generator/core/json.ts';
import type { ProductRelease } from '../../../generator/kinds/products.ts';
import { products, releaseOf, validatorsOf } from '../../../generator/kinds/products.ts';
import { nodeHost } from '../../../generator/shell/host.ts';
import { objectFaults } from '../../../generator/validate/command.ts';
import { fieldDifferences } from '../../../generator/versions/command.ts';
import { releaseSchemas } from '../../../generator/world/schemas.ts';
import { folderOf, root, runMain, yamlIn } from '../../machine.ts';
import { expandText } from '../../spec-text.ts';

const host = nodeHost(root);

test('every file of schemas/versions/ is that of a version, and every other version is the usual one', () => {
  const files = readdirSync(join(root, 'schemas/versions')).map(file => file.replace('.json', ''));
  const named = products.flatMap(({ releases }) => releases.flatMap(({ schemas = [] }) => schemas));
  expect(files.sort()).toEqual(named.sort());
  for (const { releases } of products)
    expect(releases.filter(({ schemas }) => schemas === undefined)).toHaveLength(1);
});

const others = products.flatMap(({ releases }) => releases.filter(({ schemas }) => schemas));

test.for(others)(
  'what is different in $schemas is in schemas that there are, and changes them',
  ({ schemas }) => {
    const text = readFileSync(join(root, `schemas/versions/${schemas}.json`), 'utf8');
    const { schemas: changes } = JSON.parse(text);
    const usual = releaseSchemas(host)({ name: '', at: [0, 0] });
    for (const [path, change] of Object.entries(changes)) {
      const schema = usual.get(path);
      expect(schema, path).toBeDefined();
      if (change !== null) expectGone(change, schema, path);
    }
  },
);

/** Expects that what a patch takes away is there, and that what it sets is another value. */
function expectGone(change: unknown, value: unknown, path: string): void {
  if (change === null) expect(value, path).toBeDefined();
  else if (isMap(change))
    for (const [name, inner] of Object.entries(change))
      expectGone(inner, isMap(value) ? value[name] : undefined, `${path} ${name}`);
  else expect(value, path).not.toEqual(change);
}

const known = yamlIn<{
  readonly meant: readonly [name: string, said: string | number, meant: string, at: number[]][];
  readonly unknown: readonly [name: string, said: string | number][];
  readonly older: JsonObject;
  readonly newer: JsonObject;
  readonly differences: readonly string[];
}>(import.meta.dirname, 'known.yaml');

test.for(known.meant)('%s: %s is %s', ([name, said, meant, at]) => {
  const product = products.find(one => one.name === name);
  expect(product && releaseOf(product, said)).toMatchObject({ name: meant, at });
});

test.for(known.unknown)('%s: %s is not known', ([name, said]) => {
  const product = products.find(one => one.name === name);
  expect(product && releaseOf(product, said)).toBeUndefined();
});

const golden = join(root, 'test/golden');
const specs = readdirSync(golden).map(name =>
  readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8'),
);
const made = specs
  .flatMap(text => expandText(text).value?.units ?? [])
  .flatMap(({ objects }) => objects);
const versions = products.flatMap(product =>
  product.releases.map(release => ({ product, release })),
);

test.for(versions)(
  'what is made is valid in $product.called $release.name',
  ({ product, release }) => {
    const validators = validatorsOf({ [product.name]: release }, host.validators);
    const faults = objectFaults(made, validators);
    expect(made.length).toBeGreaterThan(100);
    expect(faults.map(({ message }) => message)).toEqual([]);
  },
);

test('what is different in fields is told in words', () => {
  const [one, other] = [known.older, known.newer].map(schema => ({ schema, library: {} }));
  const changes = one && other ? fieldDifferences(one, other) : [];
  expect(changes.map(({ what, field, how }) => [what, field, ...how].join(' | '))).toEqual(
    known.differences,
  );
});

test('a version has the fields of its time', () => {
  const [product] = products.filter(({ name }) => name === 'cloudnativePg');
  const [newest, middle] = (product?.releases ?? []) as [ProductRelease, ProductRelease];
  const schemasOf = releaseSchemas(host);
  const cluster = 'postgresql.cnpg.io/cluster_v1.json';
  const fields = (release: ProductRelease): string =>
    JSON.stringify(schemasOf(release).get(cluster));
  expect(fields(newest)).toContain('primaryLease');
  expect(fields(middle)).not.toContain('primaryLease');
  expect(fields(middle)).toContain('serviceAccountName');
});

function textOf(file: string): string {
  return readFileSync(join(root, 'test/operate/versions', file), 'utf8');
}

test('the versions of a spec, for the kinds that it makes', async () => {
  const folder = folderOf([['rem-secrets.yaml', textOf('spec.yaml')]]);
  const { stdout, stderr, status } = await runMain(folder, ['versions']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  await expect(stdout).toMatchFileSnapshot('spec.out');
});

test('the versions that manifests install, for their kinds', async () => {
  const folder = folderOf([['a.yaml', textOf('folder.yaml')]]);
  const args = 'versions . --versions kubernetes=1.35';
  const { stdout, stderr, status } = await runMain(folder, args);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  await expect(stdout).toMatchFileSnapshot('folder.out');
});

test('without a spec all that is known is told', async () => {
  const { stdout, status } = await runMain(folderOf([]), ['versions', '-o', 'json']);
  expect(status).toBe(0);
  const { products: told } = JSON.parse(stdout);
  const [, cnpg] = told;
  expect(cnpg).toMatchObject({ name: 'cloudnativePg', running: [], usual: '1.30' });
  expect(cnpg.steps[1].kinds).toContainEqual({
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'DatabaseRole',
    what: 'added',
    fields: [],
    facts: ['with clientCertificate it makes the Secret NAME-client-cert'],
  });
});

test('a path that is not there is told', async () => {
  const { stderr, status } = await runMain(folderOf([]), ['versions', 'absent.yaml']);
  expect({ stderr, status }).toEqual({
    stderr: 'rem-secrets: there is no absent.yaml\n',
    status: 2,
  });
});
