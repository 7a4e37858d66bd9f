import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { byIdentity } from '../by-identity.ts';
import { folderOf, objectsOf, output, remSecrets, root, run, tool } from '../machine.ts';
import { build, call, faultySpec, itemsOf, listOf, pluginFile, pluginFolder, shopSpec } from './calls.ts';

test('a build holds our objects and nothing of functionConfig', () => {
  const { status, stdout, stderr } = build(pluginFolder(shopSpec));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(byIdentity(objectsOf(stdout))).toEqual(byIdentity(itemsOf(listOf(shopSpec))));
  expect(stdout).not.toMatch(/RemSecrets|config\.kubernetes\.io|config\.k8s\.io/);
});

test('kustomize shows the text of a finding and fails', () => {
  const { status, stdout, stderr } = build(pluginFolder(faultySpec));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/spec\.workloads\.shop\.env\.PASSWORD\.key: error: .*"pasword"/);
  expect(stderr).toMatch(/hint: /);
});

test.for([
  ['--enable-alpha-plugins'],
  ['--enable-exec'],
  [],
])('without both flags the root kustomization fails loudly: %s', flags => {
  const { status, stdout, stderr } = run(tool('kustomize'), ['build', ...flags, root]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^Error: /);
});

test('a relative exec.path counts from the folder that lists the generator', () => {
  const script = `#!/bin/sh\nexec "${join(root, 'generator/rem-secrets-fn')}"\n`;
  const folder = folderOf([
    ['app/rem-secrets.yaml', pluginFile(shopSpec, '../bin/fn')],
    ['app/kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
    ['above/kustomization.yaml', 'resources: [../app]\n'],
    ['bin/fn', script],
  ]);
  output('chmod', ['+x', join(folder, 'bin/fn')]);
  const expected = build(join(folder, 'app'));
  expect(expected).toMatchObject({ status: 0, stderr: '' });
  expect(build(join(folder, 'above'), { cwd: '/' })).toEqual(expected);
});

test('scalars that YAML 1.1 reads otherwise come out of kustomize as they went in', () => {
  const words = ['012', '1_000', 'on', 'y', 'null', '~', '2025-01-01', '1e3', '0x1F', '1:30', '=', '<<', ' a ', 'a\nb\n', ''];
  const env = Object.fromEntries(words.map((word, n) => [`WORD_${n}`, word]));
  const spec = shopSpec.replace('    env:', `    env:\n      ...`).replace('      ...', lines(env));
  const [deployment] = objectsOf(build(pluginFolder(spec)).stdout).filter(isDeployment);
  expect(envOf(deployment)).toMatchObject(env);
});

test('what kustomize makes of a scalar is an error where text is meant', () => {
  for (const word of ['16.10', '2025-01-01', '0644', '12345678901234567890', 'true']) {
    const { status, stderr } = build(pluginFolder(withEnv(`WORD: ${word}`)));
    expect(status, word).toBe(1);
    expect(stderr).toMatch(/spec\.workloads\.shop\.env\.WORD: error: /);
  }
});

test('anchors, merge keys, comments and the words yes and on mean the same with and without', () => {
  const spec = withEnv('YES: yes # a comment\n      ON: on\n      <<: &more { A: a }').concat(
    "  job: { kind: Job, image: 'a:1', env: *more }\n",
  ).replace(/^(environments:\n.*\n.*\n)(.*\n)/m, '$2$1');
  const text = pluginFile(spec);
  const folder = folderOf([
    ['rem-secrets.yaml', text],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
  ]);
  const rendered = objectsOf(output(remSecrets, ['render'], { cwd: folder }));
  const built = build(folder);
  expect(built.stderr).toBe('');
  expect(byIdentity(objectsOf(built.stdout))).toEqual(byIdentity(rendered));
});

test('numbers of a patch are the ones that kustomize reads', () => {
  const patch = '{ Deployment: { spec: { revisionHistoryLimit: 012 } } }';
  const spec = shopSpec.replace('    env:', `    patch: ${patch}\n    env:`);
  const [deployment] = objectsOf(build(pluginFolder(spec)).stdout).filter(isDeployment);
  expect(deployment?.['spec']).toMatchObject({ revisionHistoryLimit: 10 });
});

test('as a transformer it adds its objects and leaves the others alone', () => {
  const other = `apiVersion: example.org/v1
kind: Odd
metadata: { name: odd }
spec: { quoted: '012', float: 1.0, long: 12345678901234567890, date: '2025-01-01' }
`;
  const files = [['odd.yaml', other]] as const;
  const [plain] = [folderOf([...files, ['kustomization.yaml', 'resources: [odd.yaml]\n']])];
  const folder = folderOf([
    ...files,
    ['rem-secrets.yaml', pluginFile(shopSpec)],
    ['kustomization.yaml', 'resources: [odd.yaml]\ntransformers: [rem-secrets.yaml]\n'],
  ]);
  const { status, stdout, stderr } = build(folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(output(tool('kustomize'), ['build', plain]).trim());
  expect(objectsOf(stdout)).toHaveLength(1 + itemsOf(listOf(shopSpec)).length);
});
