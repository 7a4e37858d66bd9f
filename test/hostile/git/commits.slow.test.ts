import { readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../../generator/core/host.ts';
import { nodeHost } from '../../../generator/shell/host.ts';
import { commitOf, isRevision } from '../../../generator/world/git.ts';
import { commitHost } from '../../../generator/world/git-tree.ts';
import { exits, expectStderr, folderOf, run, runMain } from '../../machine.ts';
import { commit, git, repositoryOf, write } from '../../review/repository.ts';
import { namespace } from '../repository.ts';

function commitOfTree(folder: string, entries: readonly (readonly [string, string])[]): string {
  const bytes = entries.map(([mode, name]) => {
    const input = `link or text of ${name}`;
    const object = run('git', ['hash-object', '-w', '--stdin'], { cwd: folder, input }).stdout;
    return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(object.trim(), 'hex')]);
  });
  write(folder, 'tree.bin', Buffer.concat(bytes));
  const args = ['hash-object', '-t', 'tree', '-w', '--literally', 'tree.bin'];
  return git(folder, 'commit-tree', '-m', 'made by hand', git(folder, ...args).trim()).trim();
}

test.for<[string, [string, string][]]>([
  ['leads up', [['100644', '../escaped.yaml']]],
  ['leads up by a folder', [['100644', '..']]],
  ['is absolute', [['100644', '/tmp/rem-secrets-escaped.yaml']]],
  ["is in git's folder", [['100644', '.git/config']]],
  ["is in git's folder, to systems without cases", [['100644', '.GIT/config']]],
  [
    'is a link and a folder',
    [
      ['120000', 'a'],
      ['100644', 'a/b.yaml'],
    ],
  ],
  [
    'is there twice',
    [
      ['100644', 'a.yaml'],
      ['100644', 'a.yaml'],
    ],
  ],
  ['is too long', [['100644', 'a'.repeat(300)]]],
])('a commit with a path that %s is refused in one line', async ([, entries]) => {
  const folder = repositoryOf({ 'a.yaml': namespace('a') });
  const made = commitOfTree(folder, entries);
  const { status, stdout, stderr } = await runMain(folder, ['diff', '--base', `rev:${made}`]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^rem-secrets: .*\n$/);
  expect(stderr).toMatch(/that git does not write: |cannot be written: [a-z ]+\n/);
});

test('a commit of few contents with very many paths is refused before they are looked at', async () => {
  const folder = repositoryOf({ 'a.yaml': namespace('a') });
  const made = [1, 2, 3, 4].reduce(tree => {
    const input = Array.from({ length: 10 }, (_, at) => `040000 tree ${tree}\td${at}\n`).join('');
    return run('git', ['mktree'], { cwd: folder, input }).stdout.trim();
  }, git(folder, 'rev-parse', 'HEAD^{tree}').trim());
  const commit = git(folder, 'commit-tree', '-m', 'made by hand', made).trim();
  const { stderr } = exits(2, await runMain(folder, ['diff', '--base', `rev:${commit}`]));
  expect(stderr).toMatch(/^rem-secrets: a commit has 10000 files, nearly all of which are copies/);
});

test('attributes in a file that may be run count too', () => {
  const folder = repositoryOf({ 'a.yaml': namespace('a') });
  write(folder, '.gitattributes', '*.yaml working-tree-encoding=UTF-7\n');
  git(folder, 'add', '.');
  git(folder, 'update-index', '--chmod=+x', '.gitattributes');
  git(folder, 'commit', '--quiet', '--message', 'change');
  const host = commitHost(git(folder, 'rev-parse', 'HEAD').trim(), nodeHost(folder));
  expect(host.linkText('a.yaml')).toContain('in another encoding');
});

test('links of a commit stay where they lead inside it, and lead nowhere else', () => {
  const folder = repositoryOf({ 'a.yaml': namespace('a'), 'base/b.yaml': namespace('b') });
  const links = {
    inside: 'base',
    'base/up.yaml': '../a.yaml',
    absolute: '/etc',
    out: '../..',
    self: '.',
    'by-self': 'self/..', // Inside by its text, and outside by where it leads.
    'to-out': 'out',
    loop: 'loop',
    git: '.git/config',
  };
  for (const [path, text] of Object.entries(links)) symlinkSync(text, join(folder, path));
  commit(folder, {});
  const checkout = commitHost(git(folder, 'rev-parse', 'HEAD').trim(), nodeHost(folder));
  const paths = Object.keys(links);
  const texts = Object.fromEntries(paths.map(path => [path, checkout.linkText(path)]));
  const nowhere = '/dev/null/is a link to nothing in this repository';
  expect(texts).toEqual({
    ...Object.fromEntries(Object.keys(links).map(path => [path, nowhere])),
    inside: 'base',
    'base/up.yaml': '../a.yaml',
    self: '.',
  });
  checkout.onDisk?.();
  expect(
    Object.fromEntries(paths.map(path => [path, readlinkSync(join(checkout.cwd, path))])),
  ).toEqual(texts);
  expect(checkout.realPath('base/up.yaml')).toBe(join(checkout.cwd, 'a.yaml'));
  expect(checkout.realPath('self/inside/b.yaml')).toBe(join(checkout.cwd, 'base/b.yaml'));
  for (const path of paths)
    expect(checkout.realPath(path), path).toBe(nodeHost(checkout.cwd).realPath(path));
});

test('bytes, names and modes of a commit come out as they are', async () => {
  const folder = repositoryOf({});
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
  write(folder, 'photo.bin', bytes);
  write(folder, 'a\nb\tc "é".yaml', namespace('a'));
  write(folder, 'empty.yaml', '');
  write(folder, 'run.sh', '#!/bin/sh\n');
  git(folder, 'add', '--all');
  git(folder, 'update-index', '--chmod=+x', 'run.sh');
  git(folder, 'commit', '--quiet', '--message', 'files');
  const checkout = commitHost(git(folder, 'rev-parse', 'HEAD').trim(), nodeHost(folder));
  checkout.onDisk?.();
  for (const host of [checkout, nodeHost(checkout.cwd)]) {
    expect(host.listFiles('.')).toEqual(['a\nb\tc "é".yaml', 'empty.yaml', 'photo.bin', 'run.sh']);
    expect(Buffer.from(host.readFile('photo.bin')).equals(bytes)).toBe(true);
    expect(host.sizeOf('photo.bin')).toBe(512);
    expect((await host.run(join(host.cwd, 'run.sh'), [])).status).toBe('ok');
  }
});

test('a large file that git keeps elsewhere stays the text that the commit has', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n';
  const folder = repositoryOf({
    '.gitattributes': '*.big filter=lfs\n',
    'a.big': pointer,
    'a.yaml': namespace('a'),
  });
  git(folder, 'config', 'filter.lfs.smudge', 'false');
  git(folder, 'config', 'filter.lfs.required', 'true');
  const head = git(folder, 'rev-parse', 'HEAD').trim();
  const text = commitHost(head, nodeHost(folder)).readFile('a.big');
  expect(new TextDecoder().decode(text)).toBe(pointer);
});

test('a submodule is named, and the rest is shown', async () => {
  const folder = repositoryOf({ 'apps/a.yaml': namespace('a') });
  const head = git(folder, 'rev-parse', 'HEAD').trim();
  git(folder, 'update-index', '--add', '--cacheinfo', `160000,${head},apps/vendor`);
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  write(folder, 'apps/b.yaml', namespace('b'));
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toContain(
    'apps/vendor:1:1: warning: skipped: it is a submodule: its files are in another repository',
  );
  expect(stdout).toMatch(/^\+ Namespace b/m);
});

test('an overlay that is a submodule is an environment that could not be read', async () => {
  const folder = repositoryOf({
    'rem-secrets.yaml': '',
    'overlays/dev/kustomization.yaml': 'resources: [a.yaml]\n',
    'overlays/dev/a.yaml': namespace('a'),
  });
  const head = git(folder, 'rev-parse', 'HEAD').trim();
  git(folder, 'update-index', '--add', '--cacheinfo', `160000,${head},overlays/prod`);
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  write(folder, 'overlays/dev/a.yaml', namespace('b'));
  const { stdout } = exits(2, await runMain(folder, 'diff'));
  expect(stdout).toContain('not read: prod (base side): overlays/prod is a submodule');
  expect(stdout).toMatch(/^\+ Namespace b/m);
});

test.for(['HEAD~1', 'HEAD^', 'HEAD~5', 'rev:main~1', 'HEAD^^~2'])(
  'before the first commit there is nothing: %s',
  async base => {
    const folder = repositoryOf({ 'a.yaml': namespace('a') });
    const { stdout } = exits(0, await runMain(folder, ['diff', '--base', base]));
    expect(stdout).toContain(
      `the base side, ${base.replace('rev:', '')} (before the first commit), has no manifests`,
    );
    expect(stdout).toMatch(/^\+ Namespace a/m);
  },
);

test('a branch without commits has nothing', async () => {
  const folder = folderOf({ 'a.yaml': namespace('a') });
  git(folder, 'init', '--quiet');
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toContain('the base side, HEAD (before the first commit), has no manifests');
  expect(stdout).toMatch(/^\+ Namespace a/m);
});

test.for(['HEAD^2', 'HEAD~1^2', 'HEAD^0~x', 'main~'.repeat(3)])(
  'a parent that no commit has is no revision: %s',
  async base => {
    const folder = repositoryOf({ 'a.yaml': namespace('a') });
    commit(folder, {});
    commit(folder, {});
    const { stderr } = exits(2, await runMain(folder, ['diff', '--base', base]));
    expect(stderr).toContain(`there is no path and no revision ${base}`);
  },
);

test('in a shallow clone nothing is taken to be before the first commit', async () => {
  const origin = repositoryOf({ 'a.yaml': namespace('a') });
  commit(origin, { 'b.yaml': namespace('b') });
  const clone = folderOf();
  git(clone, 'clone', '--quiet', '--depth', '1', `file://${origin}`, '.');
  expectStderr(await runMain(clone, 'diff --base HEAD~1'), 2, 'this clone is shallow');
});

test('a repository of another user is refused with what to do', () => {
  const folder = repositoryOf({ 'a.yaml': namespace('a') });
  const env = { ...process.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  const { stderr } = run('git', ['rev-parse', 'HEAD'], { cwd: folder, env });
  const runNow: Host['runNow'] = () => ({ status: 'failed', stdout: '', stderr });
  const host = { ...nodeHost(folder), runNow };
  expect(() => commitOf('HEAD', host)).toThrow(
    'belongs to another user, so git does not read it: run `git config --global --add safe.directory',
  );
  expect(() => isRevision('HEAD', host)).toThrow('belongs to another user');
});
