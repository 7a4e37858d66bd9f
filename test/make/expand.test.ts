import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { GENERATED } from '../../generator/spec/tree.ts';
import type { Ran } from '../machine.ts';
import { byIdentity, exits, folderOf, kustomizeBuild, root, run, runMain } from '../machine.ts';
import { specOf } from '../spec-text.ts';

const spec = specOf(`
namespace: shop
workloads:
  web: { image: "example/web:1", port: 80 }
environments: { dev: {}, prod: { workloads: { web: { replicas: 3 } } } }`);

function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name));
  return Object.fromEntries(
    paths.sort().map(path => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

async function expandIn(folder: string, ...flags: string[]): Promise<Ran> {
  return runMain(folder, ['expand', ...flags]);
}

test('what is generated in this repository is what rem-secrets.yaml makes', async () =>
  expect(await expandIn(root, '--check')).toMatchObject({ status: 0, stdout: '' }));

test('the plugin at the root gives the objects of the overlay it stands for', () =>
  expect(byIdentity(kustomizeBuild('.', { plugin: true }))).toEqual(
    byIdentity(kustomizeBuild('overlays/dev')),
  ));

test.for(['dev', 'prod', 'staging'])('overlays/%s and the plugin give the same objects', name => {
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const overlay = readFileSync(join(root, 'overlays', name, 'kustomization.yaml'), 'utf8');
  const components = overlay.match(/components\/[\w-]+/g) ?? [];
  const folder = folderOf({
    'rem-secrets.yaml': spec
      .replace('environment: dev', `environment: ${name}`)
      .replace('./generator', join(root, 'generator')),
  });
  const paths = components.map(component => relative(realpathSync(folder), join(root, component)));
  const kustomization = { generators: ['rem-secrets.yaml'], components: paths };
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  expect(byIdentity(kustomizeBuild(folder, { plugin: true }))).toEqual(
    byIdentity(kustomizeBuild(`overlays/${name}`)),
  );
});

test('a second run changes nothing, and --check agrees', async () => {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  expect((await expandIn(folder)).status).toBe(0);
  const first = filesIn(folder);
  expect(await expandIn(folder)).toMatchObject({ status: 0, stderr: '8 files, 0 changed\n' });
  expect(filesIn(folder)).toEqual(first);
  expect(await expandIn(folder, '--check')).toMatchObject({ status: 0, stdout: '' });
});

test('each file says which command made it', async () => {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  await expandIn(folder);
  const { 'rem-secrets.yaml': _, ...made } = filesIn(folder);
  for (const text of Object.values(made)) expect(text.startsWith(GENERATED)).toBe(true);
});

test('--check lists what differs, exits 1 and writes nothing', async () => {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  await expandIn(folder);
  writeFileSync(join(folder, 'base/namespace-shop.yaml'), `${GENERATED}edited: by hand\n`);
  rmSync(join(folder, 'overlays/dev/kustomization.yaml'));
  writeFileSync(join(folder, 'rem-secrets.yaml'), spec.replace(', prod:', ', live:'));
  const before = filesIn(folder);
  const { stdout } = exits(1, await expandIn(folder, '--check'));
  expect(stdout).toBe(
    [
      'base/namespace-shop.yaml: would be changed',
      'overlays/dev/kustomization.yaml: would be added',
      'overlays/live/deployment-web.patch.yaml: would be added',
      'overlays/live/kustomization.yaml: would be added',
      'overlays/prod/deployment-web.patch.yaml: would be removed',
      'overlays/prod/kustomization.yaml: would be removed',
      '',
    ].join('\n'),
  );
  expect(filesIn(folder)).toEqual(before);
});

test('files it no longer makes go, files of other people stay', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', spec],
    ['base/notes.md', 'ours'],
    ['overlays/prod/secret.env', 'X=1'],
  ]);
  await expandIn(folder);
  writeFileSync(join(folder, 'rem-secrets.yaml'), spec.replace(/, prod: .*$/m, ' }'));
  expect((await expandIn(folder)).status).toBe(0);
  expect(Object.keys(filesIn(folder)).filter(path => path.startsWith('overlays/prod'))).toEqual([
    'overlays/prod/secret.env',
  ]);
  expect(existsSync(join(folder, 'base/notes.md'))).toBe(true);
});

test('a file in the way that it did not make is an error, and nothing is written', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', spec],
    ['base/kustomization.yaml', 'resources: []\n'],
  ]);
  const before = filesIn(folder);
  expect(exits(1, await expandIn(folder)).stderr).toContain(
    'base/kustomization.yaml:1:1: error: rem-secrets did not make this file',
  );
  expect(filesIn(folder)).toEqual(before);
});

test('a component that is not there is an error at the spec', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', spec.replace('dev: {}', 'dev: { components: [reloder] }')],
    ['components/reloader/kustomization.yaml', 'kind: Component\n'],
  ]);
  expect(exits(1, await expandIn(folder)).stderr).toMatch(
    /^rem-secrets\.yaml:\d+:\d+: error: there is no component "reloder".*\n(?: +\d* \|.*\n){2} {2}hint: .*"reloader"/,
  );
});

test('the launchers say what is missing when nothing is built', () => {
  for (const launcher of ['rem-secrets', 'rem-secrets-fn']) {
    const folder = folderOf([
      [`generator/${launcher}`, readFileSync(join(root, 'generator', launcher), 'utf8')],
    ]);
    chmodSync(join(folder, 'generator', launcher), 0o755);
    const { status, stderr, stdout } = run(join(folder, 'generator', launcher), []);
    expect({ status, stdout, lines: stderr.split('\n').length }).toEqual({
      status: 2,
      stdout: '',
      lines: 2,
    });
    expect(stderr).toContain('make build');
  }
});

test('--out writes the tree, and all of it, into another folder', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec, 'base/own.yaml': 'somebody: else' });
  expect(await expandIn(folder, '--out', 'made/tree')).toMatchObject({ status: 0 });
  expect(Object.keys(filesIn(folder)).filter(path => !path.startsWith('made/tree/'))).toEqual([
    'base/own.yaml',
    'rem-secrets.yaml',
  ]);
  expect(kustomizeBuild(join(folder, 'made/tree/overlays/prod'))).toHaveLength(4);
  expect(await expandIn(folder, '--out', 'made/tree', '--check')).toMatchObject({
    status: 0,
    stdout: '',
  });
  expect((await expandIn(folder, '--check')).status).toBe(1);
});

test('--out: what is injected gets into the components that are there', async () => {
  const web = (name: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { selector: { matchLabels: { app: a } }, template: { metadata: { labels: { app: a } }, spec: { containers: [{ name: a, image: "a:1" }] } } }\n`;
  const component =
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [web.yaml]\n';
  const folder = folderOf({
    'rem-secrets.yaml': specOf(`
namespace: shop
secrets: { api-keys: { manual: [token] } }
components: [web]
inject: { web: { target: { name: web }, envFrom: [api-keys] } }
environments: { dev: {} }`),
    'components/web/kustomization.yaml': component,
    'components/web/web.yaml': web('other'),
    'made/components/web/kustomization.yaml': component,
    'made/components/web/web.yaml': web('web'),
  });
  expect((await expandIn(folder)).status).toBe(1);
  expect(await expandIn(folder, '--out', 'made')).toMatchObject({ status: 0 });
  const built = kustomizeBuild(join(folder, 'made/overlays/dev'));
  expect(built.find(({ kind }) => kind === 'Deployment')).toMatchObject({
    spec: {
      template: { spec: { containers: [{ envFrom: [{ secretRef: { name: 'api-keys' } }] }] } },
    },
  });
});

test('iam and runbook of a cluster alone are made for its environments', async () => {
  const folder = folderOf({
    'rem-secrets.yaml': specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1 } } }
secrets: { keys: { store: aws, keys: { stripe: stripe-key } } }
clusters: { europe: { iam: {}, runbook: {} } }
environments: { dev: { cluster: europe }, local: {} }`),
  });
  expect(await expandIn(folder)).toMatchObject({ status: 0 });
  expect(Object.keys(filesIn(folder)).filter(path => /^(iam|runbook)/.test(path))).toEqual([
    'iam/dev/iam.tf.json',
    'runbook/dev.md',
  ]);
});

test('--out makes no folder for a spec with faults, and writes through no link', async () => {
  const faulty = folderOf([['rem-secrets.yaml', specOf('workloads: { web: {} }')]]);
  expect((await expandIn(faulty, '--out', 'tree')).status).toBe(1);
  expect(existsSync(join(faulty, 'tree'))).toBe(false);
  const [folder, outside] = [folderOf([['rem-secrets.yaml', spec]]), folderOf()];
  symlinkSync(outside, join(folder, 'tree'));
  expect(await expandIn(folder, '--out', 'tree')).toMatchObject({ status: 2, stdout: '' });
  expect(readdirSync(outside)).toEqual([]);
});
