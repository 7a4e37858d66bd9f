import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshPackage, programIn } from '../installed.ts';
import { folderOf, type Ran, run, tool } from '../machine.ts';

const LIST = [
  ['list/kustomization.yaml', 'resources: [namespace.yaml]\n'],
  ['list/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n'],
] as const;

const FILE = 'list/namespace.yaml';

const PREFIXED = [
  ['prefixed/kustomization.yaml', 'resources: [namespace.yaml]\nnamePrefix: a-\n'],
  ['prefixed/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n'],
] as const;

/** kubectl as far as it is a kustomize: what it is called with goes to the one that is pinned. */
const KUBECTL = `case $1 in
kustomize) shift; exec ${tool('kustomize')} build "$@" ;;
version) echo 'Client Version: v1.32.4'; echo 'Kustomize Version: v5.5.0' ;;
esac`;

/** A package outside of any clone, on a machine with these programs alone, by name. */
function machine(
  programs: Readonly<Record<string, string>>,
  files: readonly (readonly [string, string])[],
): (...args: string[]) => Ran {
  const installed = freshPackage();
  const cwd = folderOf(files);
  const bin = join(installed, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { PATH: bin, XDG_CACHE_HOME: '/dev/null' };
  return (...args) => run(process.execPath, [programIn(installed), ...args], { cwd, env });
}

const NO_KUSTOMIZE =
  'rem-secrets: kustomize is not installed: put kustomize 5 (https://kubectl.docs.kubernetes.io/installation/kustomize), or kubectl, on the PATH\n';
const ALONE =
  'rem-secrets: checked with ajv alone, against the same schemas: kubeconform is not installed\n';

test('without any tool, what has nothing to build works', () => {
  const rem = machine({}, LIST);
  for (const path of ['list', FILE])
    for (const command of ['lint', 'graph', 'iam', 'capacity', 'runbook'])
      expect(rem(command, path), `${command} ${path}`).toMatchObject({ status: 0, stderr: '' });
  expect(rem('diff', '--base', FILE, '--head', FILE)).toMatchObject({ status: 0, stderr: '' });
});

test('without any tool, what has to be built says what is missing, and no clone is spoken of', () => {
  const rem = machine({}, PREFIXED);
  const refused = { status: 2, stdout: '', stderr: NO_KUSTOMIZE };
  expect(rem('lint', 'prefixed')).toEqual(refused);
  expect(rem('graph', 'prefixed')).toEqual(refused);
  expect(rem('diff', '--base', 'prefixed', '--head', 'prefixed')).toEqual(refused);
  expect(rem('lint', 'prefixed', '--enable-exec').stderr).toBe(
    'rem-secrets: kustomize is not installed: put kustomize itself, as kubectl runs no functions, on the PATH\n',
  );
});

test('kubectl builds where there is no kustomize, but runs no functions', () => {
  const rem = machine({ kubectl: KUBECTL }, PREFIXED);
  const { status, stdout, stderr } = rem('validate', 'prefixed');
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: 'prefixed: 1 objects, none invalid\n',
    stderr: `rem-secrets: built by kustomize 5.5.0 of kubectl\n${ALONE}`,
  });
  const linted = rem('lint', 'prefixed');
  expect(linted).toMatchObject({ status: 0, stderr: '' });
  expect(linted.stdout).toMatch(/; built by kustomize 5\.5\.0 of kubectl\n$/);
  expect(rem('lint', 'prefixed', '--enable-exec')).toMatchObject({ status: 2 });
});

test('a kustomize of the PATH is named by what it builds, and asked for its version once', () => {
  const calls = join(folderOf([]), 'calls');
  const kustomize = `echo "$1" >>'${calls}'
[ "$1" = version ] && echo v5.4.3 && exit 0
exec '${tool('kustomize')}' "$@"`;
  const second = PREFIXED.map(([file, text]) => [file.replace('prefixed', 'b'), text] as const);
  const rem = machine({ kustomize }, [...PREFIXED, ...second]);
  const said = 'built by kustomize 5.4.3';
  expect(rem('lint', '--no-cache', '.').stdout).toContain(`; ${said}\n`);
  const asked = readFileSync(calls, 'utf8').split('\n');
  expect(asked.filter(call => call === 'build')).toHaveLength(2);
  expect(asked.filter(call => call === 'version')).toHaveLength(1);
  expect(rem('validate', 'b').stderr).toBe(`rem-secrets: ${said}\n${ALONE}`);
  expect(rem('import', 'b', '--out', 'out').stderr).toContain(`rem-secrets: ${said}\n`);
  const diff = rem('diff', '--base', 'path:prefixed', '--head', 'path:b');
  expect(diff.stderr).toBe(`rem-secrets: ${said}\n`);
  expect(rem('lint', '--format', 'json', '.').stdout).not.toContain('5.4.3');
  expect(rem('lint', 'b/namespace.yaml').stdout).not.toContain('built by');
});

test('validate without kubeconform says that it used ajv alone, and finds what it finds', () => {
  const rem = machine({}, LIST);
  expect(rem('validate', 'list/namespace.yaml')).toEqual({
    status: 0,
    stdout: 'list/namespace.yaml: 1 objects, none invalid\n',
    stderr: ALONE,
  });
  const wrong = machine({}, [
    ['a.yaml', 'apiVersion: v1\nkind: Namespace\nmetadta: { name: a }\n'],
  ]);
  const { status, stderr } = wrong('validate', 'a.yaml');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^a\.yaml:3:1: error: .*there is no field "metadta" here/);
  expect(stderr.endsWith(ALONE)).toBe(true);
});

test('a kustomize that is too old is named when it cannot build', () => {
  const old = `[ "$1" = version ] && echo '{Version:kustomize/v4.5.7 GitCommit:56d82a8}' && exit 0
echo 'Error: json: unknown field "sortOptions"' >&2; exit 1`;
  const { status, stdout } = machine({ kustomize: old }, PREFIXED)('lint', 'prefixed');
  expect(status).toBe(1);
  expect(stdout).toContain(
    'hint: It may be that kustomize is too old: it is 4.5, and 5.0 or a newer one is needed.\n',
  );
  expect(
    machine({ kustomize: old.replace('v4.5.7', 'v5.4.2') }, PREFIXED)('lint', 'prefixed').stdout,
  ).not.toContain('too old');
});

test('a kubeconform that is too old is named', () => {
  const old = `[ "$1" = -v ] && echo v0.2.1 && exit 0
echo 'flag provided but not defined: -output' >&2; exit 1`;
  expect(machine({ kubeconform: old }, LIST)('validate', 'list/namespace.yaml')).toMatchObject({
    status: 2,
    stderr:
      'rem-secrets: kubeconform v0.2.1 prints no JSON of what it is given: 0.6 or a newer one is needed\n',
  });
});

test('a Node that is too old is named', () => {
  const cwd = folderOf({
    'old.cjs':
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });\n",
  });
  const args = ['--require', join(cwd, 'old.cjs'), programIn(freshPackage()), '--version'];
  expect(run(process.execPath, args, { cwd })).toEqual({
    status: 2,
    stdout: '',
    stderr: 'rem-secrets: Node 18.20.4 is too old: 20 or a newer one is needed\n',
  });
});

test('in a clone it is said how to make the tools', () => {
  const installed = freshPackage();
  mkdirSync(join(installed, 'tools'));
  writeFileSync(join(installed, 'tools/go.mod'), 'module rem-secrets.io/tools\n');
  const cwd = folderOf(PREFIXED);
  const args = [programIn(installed), 'lint', 'prefixed'];
  expect(run(process.execPath, args, { cwd, env: { PATH: '' } }).stderr).toBe(
    'rem-secrets: kustomize is not installed: run `make tools`, or put kustomize on the PATH\n',
  );
});
