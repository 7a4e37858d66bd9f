import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStderr, folderOf, type Ran, root, runMain } from '../machine.ts';
import { podReading } from '../manifests.ts';
import { specOf } from '../spec-text.ts';

async function run(folder: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folder, args);
}

async function treeOf(spec: string): Promise<string> {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  expect(await run(folder, 'expand')).toMatchObject({ status: 0 });
  return folder;
}

async function golden(name: string): Promise<string> {
  return treeOf(readFileSync(join(root, 'test/golden', name, 'rem-secrets.yaml'), 'utf8'));
}

function addToDev(folder: string, manifest: string): void {
  const overlay = join(folder, 'overlays/dev');
  writeFileSync(join(overlay, 'other.yaml'), manifest);
  const text = readFileSync(join(overlay, 'kustomization.yaml'), 'utf8');
  const changed = text.replace('resources:', 'resources:\n- other.yaml');
  writeFileSync(join(overlay, 'kustomization.yaml'), changed);
}

interface Shown {
  readonly namespace: string;
  readonly name: string;
  readonly state: string;
  readonly readers: readonly { readonly name: string }[];
}

async function shown(folder: string, environment: string): Promise<readonly Shown[]> {
  const { stdout } = await run(folder, 'graph', '-e', environment, '-o', 'json');
  return JSON.parse(stdout).flows.flatMap((flow: { secrets: readonly Shown[] }) => flow.secrets);
}

test('a store that the spec declares as external is there', async () => {
  const folder = await golden('external-store');
  expect(await run(folder, 'lint')).toMatchObject({ status: 0 });
  addToDev(
    folder,
    `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: other, namespace: elsewhere }
spec:
  secretStoreRef: { name: team-vault }
  target: { template: {} }
  data: [{ secretKey: a, remoteRef: { key: a } }]
`,
  );
  const { stdout } = exits(1, await run(folder, 'lint'));
  expect(stdout).toContain('no SecretStore "team-vault" in namespace "elsewhere"');
});

test('an environment is shown with what its shared cluster makes for it, and without its neighbours', async () => {
  const secrets = await shown(await golden('shared-cluster'), 'dev');
  expect(new Set(secrets.map(({ namespace }) => namespace))).toEqual(new Set(['shop']));
  const login = secrets.find(({ name }) => name === 'shop-db-app');
  expect(login?.readers).toMatchObject([{ name: 'shop-db-url' }]);
});

test('one environment needs no other cluster, and says when it lacks its own', async () => {
  const folder = await golden('shared-cluster');
  rmSync(join(folder, 'overlays/prod'), { recursive: true });
  expect(await run(folder, 'graph', '-e', 'dev')).toMatchObject({ status: 0, stderr: '' });
  rmSync(join(folder, 'overlays/shared'), { recursive: true });
  const { stderr } = exits(1, await run(folder, 'graph', '-e', 'dev'));
  expect(stderr).toContain('there is no overlays/shared');
});

test('a shared cluster without objects of its own has no overlay', async () => {
  const folder = await treeOf(
    specOf(`
namespace: shop
secrets: { session: { manual: [key] } }
workloads: { web: { image: "example/web:1", env: { KEY: { secret: session, key: key } } } }
environments: { dev: { cluster: one }, test: { cluster: one, namespace: shop-test } }`),
  );
  expect(await run(folder, 'graph')).toMatchObject({ status: 0, stderr: '' });
  expect(await shown(folder, 'one')).toEqual([]);
  expect(await shown(folder, 'dev')).toMatchObject([{ name: 'session', state: 'outside' }]);
});

test('a Secret that is declared outside is so in the namespace of the environment alone', async () => {
  const folder = await golden('declared-secrets');
  addToDev(folder, podReading('login', 'other', 'elsewhere'));
  expect((await shown(folder, 'dev')).filter(({ name }) => name === 'login')).toMatchObject([
    { namespace: 'elsewhere', state: 'missing' },
    { namespace: 'shop', state: 'outside' },
  ]);
});

test('a spec with faults has no flow', async () => {
  const folder = folderOf({
    'rem-secrets.yaml': specOf('namespace: shop\nsecrets: { a: { store: none, keys: { b: c } } }'),
  });
  expectStderr(await run(folder, 'graph'), 1, 'there is no store "none"');
});

test('findings stand in their own file, in whichever order files and kustomizations are named', async () => {
  const pod = (name: string): string => podReading(`none-${name}`, name);
  const folder = folderOf([
    ['built/kustomization.yaml', 'resources: [pod.yaml]\n'],
    ['built/pod.yaml', pod('built')],
    ['loose.yaml', `# one line more\n${pod('loose')}`],
  ]);
  const findings = ['built/pod.yaml:4:78: error', 'loose.yaml:5:78: error'];
  for (const paths of [
    ['built', 'loose.yaml'],
    ['loose.yaml', 'built'],
  ]) {
    const { stdout } = await run(folder, 'lint', ...paths);
    expect(stdout.match(/^\S+: error/gm)).toEqual(findings);
    expect(stdout).toMatch(/^built.*"none-built"/m);
    expect(stdout).toMatch(/^loose.*"none-loose"/m);
  }
});
