import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ran } from '../../machine.ts';
import { exits, expectStderr, expectStdout, folderOf, root, run, runMain } from '../../machine.ts';
import { commit, git, repositoryOf, write } from '../../review/repository.ts';
import { cluster, namespace } from '../repository.ts';

function decoy(nameOf: (folder: string) => string) {
  const folder = repositoryOf({ 'apps/db.yaml': cluster });
  const name = nameOf(folder);
  git(folder, 'switch', '--quiet', '--create', 'change');
  commit(folder, {
    'apps/db.yaml': namespace('shop'),
    [`${name}/apps/db.yaml`]: namespace('shop'),
  });
  return { folder, name };
}

const diff = async (folder: string, base: string, head = 'rev:HEAD'): Promise<Ran> =>
  runMain(folder, ['--file', 'apps/rem-secrets.yaml', 'diff', `--base=${base}`, `--head=${head}`]);

const hashOfMain = (folder: string): string => git(folder, 'rev-parse', 'main').trim();

test.for<[string, (folder: string) => string]>([
  ['HEAD', () => 'HEAD'],
  ['main', () => 'main'],
  ['the whole hash', hashOfMain],
  ['a short hash', folder => hashOfMain(folder).slice(0, 8)],
  ['refs/heads/main', () => 'refs/heads/main'],
  ['main^0', () => 'main^0'],
])('a committed folder named as the revision does not stand in for it: %s', async ([, nameOf]) => {
  const { folder, name } = decoy(nameOf);
  const { status, stdout, stderr } = await diff(folder, name);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    `rem-secrets: ${name} is both a revision and a path: write rev:${name} or path:${name}\n`,
  );
  if (name !== 'HEAD') {
    const review = exits(1, await diff(folder, `rev:${name}`));
    expect(review.stdout).toMatch(/^block: Cluster shop\/db: /m);
  }
  expect((await diff(folder, `path:${name}`)).stdout).not.toContain('block');
});

test('the default base is the revision HEAD, whatever is there', async () => {
  const { folder } = decoy(() => 'HEAD');
  write(folder, 'apps/more.yaml', namespace('more'));
  const { stdout } = exits(0, await runMain(folder, '--file apps/rem-secrets.yaml diff'));
  expect(stdout).toContain('HEAD → the working tree: no risks; 1 added');
});

test('CI compares hashes: no folder, file, branch or tag gets between', () => {
  const { folder } = decoy(hashOfMain);
  commit(folder, {
    HEAD: namespace('x'),
    main: namespace('x'),
    [`rev:${hashOfMain(folder)}/apps/db.yaml`]: namespace('shop'),
    '--base=x': namespace('x'),
  });
  git(folder, 'tag', 'rev');
  git(folder, 'branch', hashOfMain(folder).slice(0, 7), 'change');
  git(folder, 'tag', 'HEAD');
  run('git', ['update-ref', `refs/heads/${hashOfMain(folder)}`, 'refs/heads/change'], {
    cwd: folder,
  });
  const args = ['main', 'out', '--file', 'apps/rem-secrets.yaml'];
  const { stdout } = exits(1, run(join(root, '.ci/rendered-diff'), args, { cwd: folder }));
  expect(stdout).toMatch(/^block: Cluster shop\/db: /m);
});

test('a name that git gives to two things is refused, and HEAD and whole hashes are not', async () => {
  const folder = repositoryOf({ 'apps/a.yaml': namespace('a') });
  const first = hashOfMain(folder);
  git(folder, 'tag', 'v1');
  commit(folder, { 'apps/b.yaml': namespace('b') });
  git(folder, 'branch', 'v1');
  git(folder, 'tag', 'HEAD', first);
  run('git', ['update-ref', `refs/heads/${first}`, 'main'], { cwd: folder });
  expect(exits(2, await diff(folder, 'rev:v1')).stderr).toBe(
    'rem-secrets: v1 is the name of more than one thing in git: write refs/heads/v1 or refs/tags/v1\n',
  );
  git(folder, 'config', 'core.warnAmbiguousRefs', 'false');
  expect((await diff(folder, 'rev:v1')).status).toBe(2);
  expect((await diff(folder, 'refs/tags/v1')).stdout).toMatch(/^\+ Namespace b/m);
  expect((await diff(folder, 'refs/heads/v1')).stdout).toContain('no object changes');
  expect((await diff(folder, 'rev:HEAD')).stdout).toContain('no object changes');
  expect((await diff(folder, `rev:${first}`)).stdout).toMatch(/^\+ Namespace b/m);
});

test.for([
  ['rev:', 'rev: names nothing'],
  ['path:', 'path: names nothing'],
  ['path:nowhere', 'there is no path nowhere'],
  ['rev:apps', 'there is no path and no revision apps'],
  ['rev:--output=x', 'there is no path and no revision --output=x'],
  ['rev:HEAD\nmain', 'there is no file and no folder HEAD'],
])('a side that names nothing is said: %j', async ([base = '', message = '']) => {
  const folder = repositoryOf({ 'apps/a.yaml': namespace('a') });
  expectStderr(await diff(folder, base), 2, `rem-secrets: ${message}`);
});

test('what begins as a side does is reached by path:', async () => {
  const folder = folderOf({ 'rev:x/a.yaml': namespace('a'), 'path:x/a.yaml': namespace('b') });
  const { stdout } = await runMain(folder, 'diff --base path:rev:x --head path:path:x');
  expect(stdout).toMatch(/^rev:x → path:x: /);
  expect(stdout).toMatch(/^\+ Namespace b/m);
});

test('without git, and outside of a repository, a path is a path', async () => {
  const folder = folderOf({ 'old/a.yaml': namespace('a'), 'new/b.yaml': namespace('b') });
  expectStdout(await runMain(folder, 'diff --base old --head new'), 0, /^\+ Namespace b/m);
});
