import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, remSecrets, root, runMain, tool } from '../../machine.ts';
import { commit, repositoryOf } from '../../review/repository.ts';
import { FIELDS } from './fields.ts';
import { listen, runBeside } from './listener.ts';
import { spec } from './spec.ts';

test('the listener hears kustomize when nobody is in between', async () => {
  const { port, arrived } = await listen();
  const folder = folderOf([
    ['kustomization.yaml', `resources: ['http://127.0.0.1:${port}/x.yaml']\n`],
  ]);
  const { stdout } = await runBeside(tool('kustomize'), ['build', '.'], folder);
  expect(stdout).toContain('name: fetched');
  expect(arrived).toContain('GET /x.yaml');
});

test.for(FIELDS)('$name: no server is asked', async ({ files, isRead }) => {
  const { port, arrived } = await listen();
  const folder = folderOf(Object.entries(files(`http://127.0.0.1:${port}/x.yaml`)));
  const { stdout, stderr } = await runBeside(remSecrets, ['lint', '.'], folder);
  expect(arrived).toEqual([]);
  expect(stdout + stderr).not.toContain('this is a bug');
  const said = /\[(?:not-read|unreadable|duplicate-key|yaml-syntax)\]/;
  expect(stdout).toMatch(isRead === true ? /^no findings in 1 object/ : said);
});

/** Every way to write an address that kustomize takes, at a server or a local repository. */
const ADDRESSES: Readonly<Record<string, (port: number, repository: string) => string>> = {
  http: port => `http://127.0.0.1:${port}/x.yaml`,
  'http, a folder': port => `http://127.0.0.1:${port}/o/r?ref=main`,
  'http in capitals': port => `HTTP://127.0.0.1:${port}/x.yaml`,
  'http without slashes': port => `http:127.0.0.1:${port}/x.yaml`,
  https: port => `https://127.0.0.1:${port}/o/r//sub?ref=v1`,
  'git:: before http': port => `git::http://127.0.0.1:${port}/o/r`,
  'GIT:: before http': port => `GIT::HTTP://127.0.0.1:${port}/o/r//a/b`,
  git: port => `git://127.0.0.1:${port}/o/r`,
  ssh: port => `ssh://git@127.0.0.1:${port}/o/r`,
  'SSH in capitals': port => `SSH://127.0.0.1:${port}/o/r.git/sub`,
  'with a login': port => `http://user:hunter2-secret@127.0.0.1:${port}/o/r`,
  scp: () => 'git@127.0.0.1:o/r.git',
  github: () => 'github.com/o/r/sub?ref=v1',
  'github in capitals': () => 'GitHub.com:o/r',
  file: (_, repository) => `file://${repository}`,
  'file with a ref': (_, repository) => `file://${repository}?ref=main`,
  'FILE in capitals': (_, repository) => `FILE://${repository}//?version=main`,
  'git:: before file': (_, repository) => `git::file://${repository}`,
};

test.for(Object.entries(ADDRESSES))('%s is not read', async ([, write]) => {
  const { port, arrived } = await listen();
  const repository = repositoryOf({
    'kustomization.yaml': 'configMapGenerator: [{name: fetched}]\n',
  });
  const folder = folderOf([
    ['kustomization.yaml', `resources: [${JSON.stringify(write(port, repository))}, a.yaml]\n`],
    ['a.yaml', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n'],
    ['github.com/o/r/sub/kustomization.yaml', 'configMapGenerator: [{name: fetched}]\n'],
  ]);
  const { status, stdout } = await runBeside(remSecrets, ['lint', '.'], folder);
  expect(arrived).toEqual([]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^kustomization\.yaml:1:13: warning: not read: remote: \S+ \[not-read\]$/m,
  );
  expect(stdout).toContain('in 2 objects; not judged: 1 entry that was not read');
  expect(stdout).not.toContain('hunter2');
});

/** Each command that builds kustomizations, in a repository where one is hostile. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  lint: ['lint', 'app'],
  'lint of a folder of kustomizations': ['lint', '.'],
  'lint of the spec': ['lint'],
  validate: ['validate', 'app'],
  'validate of the spec': ['validate'],
  graph: ['graph', 'app'],
  'graph of the spec': ['graph'],
  'diff, the head side': ['diff', '--base', 'HEAD~1', '--head', 'HEAD'],
  'diff, the base side': ['diff', '--base', 'HEAD', '--head', 'HEAD~1'],
  'diff, the working tree': ['diff'],
  'diff of folders': ['diff', '--base', 'app', '--head', 'app'],
};

/** A repository whose last commit makes it hostile: a folder, and a component of the spec. */
function hostileRepository(entry: string): string {
  const folder = repositoryOf({
    'rem-secrets.yaml': spec,
    'components/c/kustomization.yaml': component('[]'),
    'app/kustomization.yaml': 'configMapGenerator: [{name: a}]\n',
  });
  runMain(folder, ['expand']);
  commit(folder, {});
  const resources = `[${JSON.stringify(entry)}]`;
  commit(folder, {
    'components/c/kustomization.yaml': component(resources),
    'app/kustomization.yaml': `resources: ${resources}\nconfigMapGenerator: [{name: a}]\n`,
  });
  return folder;
}

function component(resources: string): string {
  return `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: ${resources}\n`;
}

/** What git is made to run: it leaves a file where the test looks. */
const shell = (folder: string): string =>
  `file:///x?ref=--upload-pack=sh -c 'id > ${folder}/pwned' #`;

test.for(Object.entries(COMMANDS))('%s asks no server and runs nothing', async ([, args]) => {
  const { port, arrived } = await listen();
  const mark = folderOf([]);
  for (const entry of [`http://127.0.0.1:${port}/x.yaml`, shell(mark)]) {
    const folder = hostileRepository(entry);
    const { stdout, stderr } = await runBeside(remSecrets, args, folder);
    expect(arrived).toEqual([]);
    expect(existsSync(join(mark, 'pwned'))).toBe(false);
    expect(stdout + stderr).toContain('not read');
  }
});

test('.ci/rendered-diff asks no server and runs nothing', async () => {
  const { port, arrived } = await listen();
  const mark = folderOf([]);
  for (const entry of [`http://127.0.0.1:${port}/x.yaml`, shell(mark)]) {
    const folder = hostileRepository(entry);
    const script = join(root, '.ci/rendered-diff');
    const { stdout } = await runBeside(script, ['HEAD~1', join(mark, 'out')], folder);
    expect(arrived).toEqual([]);
    expect(existsSync(join(mark, 'pwned'))).toBe(false);
    expect(stdout).toContain('not read');
  }
});

test('the shell of the entry would run when nobody is in between', async () => {
  const mark = folderOf([]);
  const folder = folderOf([
    ['kustomization.yaml', `resources: [${JSON.stringify(shell(mark))}]\n`],
  ]);
  await runBeside(tool('kustomize'), ['build', '.'], folder);
  expect(existsSync(join(mark, 'pwned'))).toBe(true);
});
