import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, type Ran, root, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';

const BODY = `
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: payments/stripe-key } } }
workloads: { api: { image: 'shop/api:1', port: 80, env: { KEY: { secret: api-keys, key: stripe } } } }
environments: { dev: { runbook: null }, prod: {} }`;
const WITH = specOf(`${BODY}\nrunbook: { formats: [markdown, html] }`);

const COMPONENT = `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: { kind: Deployment }
    patch: |-
      apiVersion: any
      kind: any
      metadata: { name: any, annotations: { reloader.stakater.com/auto: "true" } }
`;

async function expanded(folder: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folder, ['expand', ...args]);
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

test('expand makes runbooks of the environments that have one, and says that they are not up to date', async () => {
  const folder = folderOf([['rem-secrets.yaml', WITH]]);
  expect((await expanded(folder)).stderr).toMatch(/^(\d+) files, \1 changed\n$/);
  expect(readdirSync(join(folder, 'runbook'))).toEqual(['index.html', 'prod.md']);
  expect(await expanded(folder, '--check')).toEqual({ status: 0, stdout: '', stderr: '' });
  expect((await expanded(folder)).stderr).toMatch(/, 0 changed\n$/);
  const before = read(folder, 'runbook/prod.md');
  writeFileSync(join(folder, 'runbook/prod.md'), before.replace('shop', 'stop'));
  writeFileSync(join(folder, 'runbook/own.md'), '# Ours\n');
  expect(await expanded(folder, '--check')).toMatchObject({
    status: 1,
    stdout: 'runbook/prod.md: would be changed\n',
  });
  await expanded(folder);
  expect(read(folder, 'runbook/prod.md')).toBe(before);
  writeFileSync(join(folder, 'rem-secrets.yaml'), specOf(BODY));
  await expanded(folder);
  expect(readdirSync(join(folder, 'runbook'))).toEqual(['own.md']);
});

test('what components patch is known', async () => {
  const alone = folderOf([['rem-secrets.yaml', WITH]]);
  await expanded(alone);
  expect(read(alone, 'runbook/prod.md')).toContain('rollout restart deployment/api');
  const folder = folderOf([
    ['rem-secrets.yaml', WITH.replace('prod: {}', 'prod: { components: [reloader] }')],
    ['components/reloader/kustomization.yaml', COMPONENT],
  ]);
  await expanded(folder);
  const runbook = read(folder, 'runbook/prod.md');
  expect(runbook).toContain('`Deployment/api`: Reloader restarts it.');
  expect(runbook).not.toContain('rollout restart');
});

test("a customer's key encrypts what is put", async () => {
  const spec = WITH.replace('prod: {}', "prod: { iam: { keys: { aws: ['alias/shop'] } } }");
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  await expanded(folder);
  expect(read(folder, 'runbook/prod.md')).toContain('--type=SecureString --key-id=alias/shop ');
});

test('a file of somebody else is not written over', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', WITH],
    ['runbook/prod.md', '# Ours\n'],
  ]);
  const { status, stderr } = await expanded(folder);
  expect(status).toBe(1);
  expect(stderr).toContain('runbook/prod.md:1:1: error: rem-secrets did not make this');
  expect(read(folder, 'runbook/prod.md')).toBe('# Ours\n');
});

test('of what kustomize cannot build there is no runbook', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', WITH.replace('prod: {}', 'prod: { components: [broken] }')],
    ['components/broken/kustomization.yaml', COMPONENT.replace('kind: Deployment', 'kind: [')],
  ]);
  const { status, stderr } = await expanded(folder);
  expect(status).toBe(1);
  expect(stderr).toContain('components/broken/kustomization.yaml');
  expect(readdirSync(folder)).not.toContain('runbook');
});

test('an environment that there is not is an error of the spec', async () => {
  const folder = folderOf([['rem-secrets.yaml', WITH]]);
  await expanded(folder);
  const { status, stdout, stderr } = await runMain(folder, ['runbook', '-e', 'prd']);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('error: there is no environment "prd" [unknown-environment]');
});

test('nothing made or read, nothing to tell', async () => {
  const input = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n';
  const { status, stdout } = await runMain(root, ['runbook', '-'], input);
  expect(status).toBe(0);
  expect(stdout).toContain('No Secret is made or read.');
});
