import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capacity } from '../../generator/capacity/command.ts';
import { diffFormats } from '../../generator/diff/command.ts';
import { objectFormats } from '../../generator/expand/render-command.ts';
import { graphFormats } from '../../generator/graph-command/command.ts';
import { iamFormats } from '../../generator/iam/formats/formats.ts';
import { lintFormats } from '../../generator/lint/formats.ts';
import { findingFormats } from '../../generator/report/finding.ts';
import { runbookFormats } from '../../generator/runbook/formats.ts';
import { exits, folderOf, objectsOf, output, remSecrets, root, run, runMain } from '../machine.ts';
import { runSpec, specOf } from '../spec-text.ts';

const spec = specOf(`
namespace: shop
environment: dev
workloads: { web: { image: "example/web:1" } }
environments: { dev: { cluster: one }, test: { cluster: one, namespace: shop-test } }`);

const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: "example/web:1", envFrom: [{ secretRef: { name: a } }] }] }
`;

/** A store of AWS, with an entry that is read of it. */
const store = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: aws }
spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: a }
spec:
  secretStoreRef: { name: aws }
  data: [{ secretKey: a, remoteRef: { key: /shop/é→ } }]
`;

const dump = `{ "kind": "List", "items": [
  { "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "b", "namespace": "é→" } }
] }`;

/** Of each script that the bundles load late something is printed, with letters of all kinds. */
test.for([
  ['render dev', '', 0],
  ['render absent', '', 1],
  ['render dev --file wrong.yaml', '', 1],
  ['lint -', pod, 1],
  ['lint absent.yaml', '', 2],
  ['lint --explain iam-action', '', 0],
  ['lint - --config wrong.yaml', pod, 1],
  ['graph - --output svg', pod, 0],
  ['--format terraform iam -', store, 0],
  ['--format csv params list -', store, 0],
  ['iam - --prefix é→', store, 2],
  ['--format json capacity -', store, 0],
  ['runbook - --output html', store, 0],
  ['doctor --from dump - -n é→', pod, 1],
  ['--format html diff --base base.yaml --head head.yaml', '', 0],
  ['diff --base base.yaml --head head.yaml --acknowledgements wrong.yaml', '', 2],
] as const)('the launcher prints and ends as the program: %s', async ([line, input, status]) => {
  const cwd = folderOf({
    'rem-secrets.yaml': spec,
    'base.yaml': pod,
    'dump/all.json': dump,
    'head.yaml': pod.replace('web:1', 'wéb→:2'),
    'wrong.yaml': 'acknowledge: {}\naccept: é→\n',
  });
  const ran = run(remSecrets, line.split(' '), { cwd, input });
  expect(ran).toEqual(await runMain(cwd, line, input));
  expect(ran.status).toBe(status);
});

test('render prints YAML, or a List in JSON, of the same objects', async () => {
  const yaml = objectsOf((await runMain(root, 'render prod')).stdout);
  const list = JSON.parse((await runMain(root, 'render prod --output json')).stdout);
  expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
  expect(list.items).toEqual(yaml);
});

test('render without a name takes spec.environment', async () => {
  const render = async (...names: string[]) => (await runSpec(spec, 'render', ...names)).stdout;
  expect(await render()).toBe(await render('dev'));
  expect(await render('test')).toContain('namespace: shop-test');
});

test('environments lists what can be rendered', async () =>
  expect((await runMain(root, 'environments')).stdout).toBe('dev\nprod\nstaging\nshared\n'));

test('--file names another spec, and the tree is written beside it', async () => {
  const folder = folderOf({ 'team/spec.yaml': spec });
  expect((await runMain(folder, '--file team/spec.yaml expand')).status).toBe(0);
  expect(output('ls', [join(folder, 'team')])).toBe('base\noverlays\nspec.yaml\n');
});

test('validate points at manifests, file by file', async () => {
  const folder = folderOf({
    'good.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n',
    'bad.yaml':
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  nmae: b\n---\napiVersion: x.io/v1\nkind: Unknown\nmetadata: { name: a }\n',
    'broken.yaml': 'a: [\n',
  });
  const { stdout, stderr } = exits(1, await runMain(folder, 'validate .'));
  expect(stdout).toBe(
    'bad.yaml: 2 objects, 1 invalid, 1 of kinds without a schema\ngood.yaml: 1 objects, none invalid\n',
  );
  expect(stderr).toMatch(
    /^bad\.yaml:5:3: error: Namespace a: there is no field "nmae" here \[unknown-field\]/,
  );
  expect(stderr).toMatch(/^broken\.yaml:\d+:\d+: error: not valid YAML/m);
});

test('validate says what a kustomization that does not build lacks', async () => {
  const folder = folderOf({ 'kustomization.yaml': 'resources: [absent.yaml]\n' });
  expect(exits(1, await runMain(folder, 'validate .')).stderr).toMatch(
    /^kustomization\.yaml:1:13: error: kustomize cannot build it: there is no absent\.yaml/,
  );
});

test('findings as JSON go to stdout', async () => {
  const misspelt = spec.replace('image:', 'imgae:');
  const { status, stdout, stderr } = await runSpec(misspelt, '--format', 'json', 'render', 'dev');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(JSON.parse(stdout).findings[0]).toMatchObject({
    rule: 'unknown-field',
    file: 'rem-secrets.yaml',
  });
});

test.for([
  ['lint', '--format', lintFormats],
  ['diff', '--format', diffFormats],
  ['iam', '--format', iamFormats],
  ['capacity', '--format', capacity.formats],
  ['validate', '--format', findingFormats],
  ['graph', '--output', graphFormats],
  ['render', '--output', objectFormats],
  ['runbook', '--output', runbookFormats],
] as const)(
  'help of %s, and of a wrong %s, names each format',
  async ([command, flag, formats]) => {
    const known = Object.keys(formats).join(', ');
    expect((await runMain(root, [command, '--help'])).stdout).toContain(`${flag}: ${known}\n`);
    for (const name of ['xml', 'constructor']) {
      const { stderr } = exits(2, await runMain(root, [command, flag, name]));
      expect(stderr).toMatch(`error: ${command} has no ${flag} ${name}, only ${known}\n`);
    }
  },
);

test('what starts has nothing of what its commands do, and a command little of what others do', () => {
  const words = {
    expand: 'there is no component',
    graph: 'no Secret is made or read',
    lint: 'missing-reload',
    diff: 'storage-shrunk',
  };
  const partsOf = (name: string): string[] => {
    const text = readFileSync(join(root, 'dist', name), 'utf8');
    return Object.entries(words).flatMap(([part, word]) => (text.includes(word) ? part : []));
  };
  expect(partsOf('bundle/rem-secrets.cjs')).toEqual([]);
  for (const name of ['expand', 'graph', 'lint'])
    expect(partsOf(`commands/${name}.cjs`)).toEqual([name]);
  expect(partsOf('commands/diff.cjs')).toEqual(['graph', 'lint', 'diff']);
});

test('the version is that of package.json', async () =>
  expect((await runMain(root, '--version')).stdout.trim()).toBe(
    JSON.parse(output('cat', [join(root, 'package.json')])).version,
  ));

test('no kind is loaded before a command is', () => {
  const start = readFileSync(join(root, 'dist/bundle/rem-secrets.cjs'), 'utf8');
  expect(start).toContain('Usage');
  expect(start).not.toMatch(/external-secrets\.io|postgresql\.cnpg\.io|argoproj\.io/);
});
