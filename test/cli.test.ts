import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, objectsOf, output, remSecrets, root, run } from './machine.ts';
import { specOf } from './spec-text.ts';

const spec = specOf(`
namespace: shop
environment: dev
workloads: { web: { image: "example/web:1" } }
environments: { dev: { cluster: one }, test: { cluster: one, namespace: shop-test } }`);

test('render prints YAML, or a List in JSON, of the same objects', () => {
  const yaml = objectsOf(output(remSecrets, ['render', 'prod']));
  const list = JSON.parse(output(remSecrets, ['render', 'prod', '--output', 'json']));
  expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
  expect(list.items).toEqual(yaml);
});

test('render without a name takes spec.environment', () => {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  const render = (...names: string[]): string =>
    output(remSecrets, ['render', ...names], { cwd: folder });
  expect(render()).toBe(render('dev'));
  expect(render('test')).toContain('namespace: shop-test');
});

test('environments lists what can be rendered', () => {
  expect(output(remSecrets, ['environments'])).toBe('dev\nprod\nstaging\nshared\n');
});

test('--file names another spec, and the tree is written beside it', () => {
  const folder = folderOf([['team/spec.yaml', spec]]);
  const { status } = run(remSecrets, ['--file', 'team/spec.yaml', 'expand'], { cwd: folder });
  expect(status).toBe(0);
  expect(output('ls', [join(folder, 'team')])).toBe('base\noverlays\nspec.yaml\n');
});

test.for([
  [['unknown']],
  [['render', '--nonsense']],
  [['--format', 'xml', 'render']],
  [['completion', 'tcsh']],
  [['-f', 'absent.yaml', 'render']],
])('wrong usage exits 2: %j', ([args = []]) => {
  const { status, stdout, stderr } = run(remSecrets, args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).not.toBe('');
});

test('validate points at manifests, file by file', () => {
  const folder = folderOf([
    ['good.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n'],
    [
      'bad.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  nmae: b\n---\napiVersion: x.io/v1\nkind: Unknown\nmetadata: { name: a }\n',
    ],
    ['broken.yaml', 'a: [\n'],
  ]);
  const { status, stdout, stderr } = run(remSecrets, ['validate', '.'], { cwd: folder });
  expect(status).toBe(1);
  expect(stdout).toBe(
    'bad.yaml: 2 objects, 1 invalid, 1 of kinds without a schema\ngood.yaml: 1 objects, none invalid\n',
  );
  expect(stderr).toMatch(
    /^bad\.yaml:5:3: error: Namespace a: there is no field "nmae" here \[unknown-field\]/,
  );
  expect(stderr).toMatch(/^broken\.yaml:\d+:\d+: error: not valid YAML/m);
});

test('validate says what a kustomization that does not build lacks', () => {
  const folder = folderOf([['kustomization.yaml', 'resources: [absent.yaml]\n']]);
  const { status, stderr } = run(remSecrets, ['validate', '.'], { cwd: folder });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^kustomization\.yaml:1:1: error: kustomize cannot build it: .*absent\.yaml/,
  );
});

test('findings as JSON go to stdout', () => {
  const folder = folderOf([['rem-secrets.yaml', spec.replace('image:', 'imgae:')]]);
  const { status, stdout, stderr } = run(remSecrets, ['--format', 'json', 'render', 'dev'], {
    cwd: folder,
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(JSON.parse(stdout).findings[0]).toMatchObject({
    id: 'unknown-field',
    at: { file: 'rem-secrets.yaml' },
  });
});

test.for(['bash', 'zsh', 'fish'])('%s completion is valid shell', (shell: string) => {
  const script = output(remSecrets, ['completion', shell]);
  expect(script).toContain('expand render validate');
  if (shell === 'bash') output('bash', ['-n'], { input: script });
});

test('the version is that of package.json', () => {
  expect(output(remSecrets, ['--version']).trim()).toBe(
    JSON.parse(output('cat', [join(root, 'package.json')])).version,
  );
});
