import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import {
  byIdentity,
  exits,
  expectStderr,
  folderOf,
  objectsOf,
  output,
  remSecretsFn,
  root,
  run,
  runMain,
  tool,
} from '../machine.ts';
import {
  build,
  faultySpec,
  itemsOf,
  listOf,
  pluginFile,
  pluginFolder,
  shopSpec,
  withEnv,
} from './calls.ts';

test('a build holds our objects and nothing of functionConfig', async () => {
  const { status, stdout, stderr } = build(pluginFolder(shopSpec));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(byIdentity(objectsOf(stdout))).toEqual(byIdentity(await itemsOf(listOf(shopSpec))));
  expect(stdout).not.toMatch(/RemSecrets|config\.kubernetes\.io|config\.k8s\.io/);
});

test('kustomize shows the text of a finding and fails', () => {
  const { status, stdout, stderr } = build(pluginFolder(faultySpec));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/spec\.workloads\.shop\.env\.PASSWORD\.key: error: .*"pasword"/);
  expect(stderr).toMatch(/hint: /);
});

test.for([{ flags: ['--enable-alpha-plugins'] }, { flags: ['--enable-exec'] }, { flags: [] }])(
  'the root kustomization fails loudly with only the flags $flags',
  ({ flags }) => expectStderr(run(tool('kustomize'), ['build', ...flags, root]), 1, /^Error: /),
);

test('a relative exec.path counts from the folder that lists the generator', () => {
  const folder = folderOf({
    'app/rem-secrets.yaml': pluginFile(shopSpec, '../bin/fn'),
    'app/kustomization.yaml': 'generators: [rem-secrets.yaml]\n',
    'above/kustomization.yaml': 'resources: [../app]\n',
    'bin/README': '',
  });
  output('ln', ['-s', remSecretsFn, join(folder, 'bin/fn')]);
  const expected = build(join(folder, 'app'));
  expect(expected).toMatchObject({ status: 0, stderr: '' });
  expect(build(join(folder, 'above'), { cwd: '/' })).toEqual(expected);
});

test('strings that YAML 1.1 takes for something else come through kustomize as they were', () => {
  const words = ['012', '1_000', 'on', 'y', 'null', '~', '2025-01-01', '1e3', '0x1F', '1:30'];
  const odd = ['=', '<<', '', ' a ', 'a\nb\n', '# a', '.inf', '"', "'", '$A', '\u00e4\u{1f600}'];
  const env = Object.fromEntries([...words, ...odd].map((word, n) => [`WORD_${n}`, word]));
  const lines = Object.entries(env).map(([name, word]) => `${name}: ${JSON.stringify(word)}`);
  expect(envOf(builtDeployment(withEnv(...lines)))).toMatchObject(env);
});

test('what kustomize has made a number of is an error where text is meant', () => {
  for (const word of ['16.10', '0644', 'true']) {
    const { status, stderr } = build(pluginFolder(withEnv(`WORD: ${word}`)));
    expect(status, word).toBe(1);
    expect(stderr).toMatch(/spec\.workloads\.shop\.env\.WORD: error: /);
  }
});

test('kustomize makes text of a date, which only the file can tell: render refuses it', async () => {
  const spec = withEnv('WORD: 2025-01-01');
  expect(envOf(builtDeployment(spec))).toMatchObject({ WORD: '2025-01-01T00:00:00Z' });
  const ran = exits(1, await runMain(pluginFolder(spec), 'render'));
  expect(ran.stderr).toMatch(/^rem-secrets\.yaml:\d+:\d+: error: /);
});

test('comments, anchors and the words yes and on mean what they mean to `rem-secrets render`', async () => {
  const spec = withEnv('ANSWER: "yes" # a comment', 'SWITCH: "on"').replace(
    'env:\n',
    'env: &env\n',
  );
  const job = '  job: { kind: Job, image: "job:1", env: *env }\n';
  const folder = pluginFolder(spec.replace('environments:', `${job}environments:`));
  const built = build(folder);
  expect(built.stderr).toBe('');
  const rendered = objectsOf((await runMain(folder, 'render')).stdout);
  expect(byIdentity(objectsOf(built.stdout))).toEqual(byIdentity(rendered));
  expect(rendered.filter(({ kind }) => kind === 'Job')).toHaveLength(1);
});

test('a number of a patch is the one that kustomize reads', () => {
  const patch = '    patch: { Deployment: { spec: { revisionHistoryLimit: 012 } } }\n';
  const deployment = builtDeployment(shopSpec.replace('    env:\n', `${patch}$&`));
  expect(deployment['spec']).toMatchObject({ revisionHistoryLimit: 10 });
});

test('as a transformer it adds its objects and leaves the others alone', async () => {
  const odd = `apiVersion: example.org/v1
kind: Odd
metadata: { name: odd }
spec: { text: '012', float: 1.0, exponent: 1e3, long: 12345678901234567890, date: '2025-01-01' }
`;
  const resources = 'resources: [odd.yaml]\n';
  const plain = folderOf({ 'odd.yaml': odd, 'kustomization.yaml': resources });
  const folder = pluginFolder(shopSpec, [
    ['odd.yaml', odd],
    ['kustomization.yaml', `${resources}transformers: [rem-secrets.yaml]\n`],
  ]);
  const { status, stdout, stderr } = build(folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(output(tool('kustomize'), ['build', plain]).trim());
  expect(objectsOf(stdout)).toHaveLength(1 + (await itemsOf(listOf(shopSpec))).length);
});

function builtDeployment(spec: string): KubeObject {
  const { stdout, stderr } = build(pluginFolder(spec));
  const deployment = objectsOf(stdout).find(({ kind }) => kind === 'Deployment');
  if (deployment === undefined) throw new Error(stderr);
  return deployment;
}

function envOf(deployment: KubeObject): Record<string, unknown> {
  const { spec } = deployment as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
  };
  const env = spec.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}
