import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { expect, test } from 'vitest';
import { nodeHost } from '../../generator/shell/host.ts';
import {
  exits,
  expectStderr,
  folderOf,
  kustomizeBuild,
  objectsOf,
  remSecretsFn,
  runKrm,
  runMain,
} from '../machine.ts';
import { specOf } from '../spec-text.ts';

const BASE = `namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-central-1 } } }
secrets: { payment: { store: aws, keys: { api-key: /shop/payment/api-key } } }
workloads: { api: { image: 'shop/api:1', env: { KEY: { secret: payment, key: api-key } } } }
`;
const TENANTS = {
  acme: 'namespace: shop-acme\ncluster: shared\n',
  beta: 'namespace: shop-beta\ncluster: shared\nworkloads: { api: { replicas: 3 } }\n',
};
const files = Object.entries(TENANTS).map(
  ([name, text]) => [`tenants/${name}.yaml`, text] as const,
);
const spec = specOf(`${BASE}environmentsFrom: tenants/*.yaml\n`);

async function treeOf(folder: string): Promise<readonly (readonly [string, string])[]> {
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const paths = nodeHost(folder).listFiles('.');
  return paths
    .filter(path => /^(?:base|overlays)\//.test(path))
    .sort()
    .map(path => [path, readFileSync(join(folder, path), 'utf8')]);
}

test('a file is what would stand under its name', async () => {
  const inline = Object.entries(TENANTS).map(
    ([name, text]) => `  ${name}:\n${text.replaceAll(/^(?=.)/gm, '    ')}`,
  );
  const one = folderOf([['rem-secrets.yaml', specOf(`${BASE}environments:\n${inline.join('')}`)]]);
  const several = folderOf([['rem-secrets.yaml', spec], ...files]);
  expect(await treeOf(several)).toEqual(await treeOf(one));
  expect(await runMain(several, 'expand --check')).toMatchObject({ status: 0 });
});

test('files and `environments` go together, and commands know them alike', async () => {
  const both = specOf(
    `${BASE}environments: { dev: { namespace: shop-dev } }\nenvironmentsFrom: [tenants/*.yaml, regions/*/environment.yaml]\n`,
  );
  const folder = folderOf([
    ['deploy/rem-secrets.yaml', both],
    ...files.map(([path, text]) => [`deploy/${path}`, text] as const),
    ['deploy/tenants/.hidden.yaml', 'namespace: [\n'],
    ['deploy/tenants/README.md', 'no environment'],
    ['deploy/regions/eu/environment.yaml', '{ namespace: shop-eu }\n'],
    ['deploy/regions/us/notes.txt', 'no environment'],
  ]);
  const command = (...args: string[]) =>
    runMain(folder, ['-f', 'deploy/rem-secrets.yaml', ...args]);
  expect((await command('environments')).stdout.split('\n')).toEqual([
    ...['acme', 'beta', 'dev', 'eu', 'shared', ''],
  ]);
  const namespaces = objectsOf((await command('render', 'eu')).stdout).flatMap(
    ({ metadata }) => metadata.namespace ?? [],
  );
  expect(new Set(namespaces)).toEqual(new Set(['shop-eu']));
});

test('lint points at the line of the file', async () => {
  const bad = `${'workloads: { job: { kind: Job, image: shop/job:1, patch: {} } }\n'.replace('patch: {}', 'patch: { Job: { spec: { template: { spec: { containers: [{ name: job, env: [{ name: A, valueFrom: { secretKeyRef: { name: gone, key: a } } }] }] } } } } }')}`;
  const folder = folderOf([
    ['rem-secrets.yaml', spec],
    ...files,
    ['tenants/gamma.yaml', `namespace: shop-gamma\n${bad}`],
  ]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const { stdout } = await runMain(folder, 'lint');
  expect(stdout).toContain('tenants/gamma.yaml:2:');
  expect(stdout).not.toMatch(/rem-secrets.yaml:.*unknown-secret/);
});

test('what looks like a secret in a file is refused, and not shown', async () => {
  const url = 'postgresql://shop:hunter2@db:5432/shop';
  const folder = folderOf([
    ['rem-secrets.yaml', spec],
    ['tenants/acme.yaml', `namespace: acme\nworkloads: { api: { env: { URL: '${url}' } } }\n`],
  ]);
  const { stderr } = exits(1, await runMain(folder, 'render acme'));
  expect(stderr).toContain('tenants/acme.yaml:2:');
  expect(stderr).toContain('[secret-value]');
  expect(stderr).not.toContain('hunter2');
});

test('no link leads out of the repository', async () => {
  const outside = folderOf([['acme.yaml', 'namespace: acme\n']]);
  const folder = folderOf([['rem-secrets.yaml', spec], ...files]);
  symlinkSync(join(outside, 'acme.yaml'), join(folder, 'tenants/gamma.yaml'));
  const { status, stdout, stderr } = await runMain(folder, 'render acme');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('tenants/gamma.yaml is a link to nothing in this repository');

  const linked = folderOf([['rem-secrets.yaml', spec]]);
  symlinkSync(outside, join(linked, 'tenants'));
  expect((await runMain(linked, 'render acme')).stderr).toContain(
    'tenants/ is a link to nothing in this repository [environment-file]',
  );

  const below = folderOf([
    ['repo/rem-secrets.yaml', specOf(`${BASE}environmentsFrom: tenants/*/acme.yaml\n`)],
    ['repo/tenants/own/acme.yaml', 'namespace: own\n'],
    ['elsewhere/a.txt', ''],
  ]);
  symlinkSync(outside, join(below, 'repo/tenants/linked'));
  // From another folder too, where the link is in no repository that we stand in.
  for (const [from, file] of [
    ['repo', 'rem-secrets.yaml'],
    ['elsewhere', '../repo/rem-secrets.yaml'],
  ] as const)
    expect(
      (await runMain(join(below, from), ['--file', file, 'environments'])).stderr,
      from,
    ).toContain('linked/acme.yaml is a link to nothing in this repository [environment-file]');
});

test('names that a prototype has are names like others', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', spec],
    ['tenants/__proto__.yaml', 'namespace: acme\n'],
    ['tenants/constructor.yaml', 'namespace: constructor\n'],
  ]);
  const { stderr } = await runMain(folder, 'environments');
  expect(stderr).toContain('"__proto__" is not a legal name here [illegal-name]');
  expect(stderr).not.toContain('duplicate-environment');
});

test('the plugin reads the files where it may read files', () => {
  const plugin =
    'metadata:\n  name: shop\n  annotations:\n    config.kubernetes.io/function: |\n      exec: { path: rem-secrets-fn }\n';
  const chosen = `${spec}  environment: beta\n`
    .replace('metadata: { name: shop }\n', plugin)
    .replace('path: rem-secrets-fn', `path: ${remSecretsFn}`);
  const folder = folderOf([
    ['rem-secrets.yaml', chosen],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
    ...files,
  ]);
  const built = kustomizeBuild(folder, { plugin: true });
  const [deployment] = built.filter(({ kind }) => kind === 'Deployment');
  expect(deployment).toMatchObject({ metadata: { namespace: 'shop-beta' }, spec: { replicas: 3 } });
});

test('the plugin without the files makes nothing, and says why', async () => {
  const config = { ...objectsOf(spec)[0] };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [] };
  const { stdout, stderr } = exits(
    1,
    await runKrm(dump({ ...list, functionConfig: config }), folderOf()),
  );
  expect(stderr).toContain('no file fits tenants/*.yaml');
  expect(stderr).toContain('A container sees no files');
  expect(JSON.parse(stdout)).toMatchObject({ items: [] });
});

test('a change of one file is a change of one overlay, and of what it shares', async () => {
  const folder = folderOf([['rem-secrets.yaml', spec], ...files]);
  await treeOf(folder);
  writeFileSync(join(folder, 'tenants/acme.yaml'), 'namespace: shop-other\ncluster: shared\n');
  const { stdout } = exits(1, await runMain(folder, 'expand --check'));
  expect(stdout).toContain('overlays/acme/kustomization.yaml: would be');
  expect(stdout).not.toContain('overlays/beta/');
});

test('expand --environment writes what it has and shares, and leaves the rest as it is', async () => {
  const folder = folderOf([['rem-secrets.yaml', `${spec}  runbook: {}\n`], ...files]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  for (const name of ['acme', 'beta'])
    writeFileSync(
      join(folder, `tenants/${name}.yaml`),
      `${TENANTS.acme.replace('acme', name)}workloads: { api: { replicas: 7 } }\n`,
    );
  const { status, stderr } = await runMain(folder, 'expand --environment acme');
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/, 2 changed/) });
  expect(await runMain(folder, 'expand -e acme --check')).toMatchObject({ status: 0 });
  const { stdout } = await runMain(folder, 'expand --check');
  expect(stdout).toMatch(/^overlays\/beta\/deployment-api.patch.yaml: would be changed$/m);
  expect(stdout).not.toMatch(/acme|shared|base\//);
});

test('expand --environment takes away no overlay, and knows the names', async () => {
  const folder = folderOf([['rem-secrets.yaml', spec], ...files, ['tenants/gamma.yaml', '{}\n']]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  rmSync(join(folder, 'tenants/gamma.yaml'));
  expect((await runMain(folder, 'expand -e acme')).stderr).toContain(', 0 changed');
  expect((await runMain(folder, 'expand --check')).stdout).toContain('overlays/gamma/');
  expectStderr(await runMain(folder, 'expand -e acne'), 1, 'Did you mean "acme"?');
});
