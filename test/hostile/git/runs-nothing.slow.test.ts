import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStdout, folderOf, remSecrets, run, runMain } from '../../machine.ts';
import { commit, git, repositoryOf, write } from '../../review/repository.ts';
import { namespace } from '../repository.ts';

/** A program that leaves a file behind, and passes on what it gets. */
function trap(): { readonly program: string; readonly mark: string } {
  const folder = folderOf({ program: '' });
  const [program, mark] = [join(folder, 'program'), join(folder, 'ran')];
  write(folder, 'program', `#!/bin/sh\ntouch ${mark}\ncat\n`);
  chmodSync(program, 0o755);
  return { program, mark };
}

/** Settings of git that name a program. */
const PROGRAMS = `core.fsmonitor core.pager core.editor core.sshCommand core.gitProxy core.askPass
  core.alternateRefsCommand diff.external diff.trap.command diff.trap.textconv filter.trap.clean
  filter.trap.smudge gpg.program credential.helper alias.rev-parse alias.ls-tree`.split(/\s+/);

function hostile({ program }: { readonly program: string }): string {
  const folder = repositoryOf({
    '.gitattributes': '* filter=trap diff=trap\n',
    'apps/a.yaml': namespace('a'),
  });
  commit(folder, { 'apps/b.yaml': namespace('b') });
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
    write(folder, `.git/hooks/${hook}`, `#!/bin/sh\n${program} </dev/null\n`);
    chmodSync(join(folder, '.git/hooks', hook), 0o755);
  }
  for (const name of PROGRAMS)
    git(folder, 'config', name, name.startsWith('alias') ? `!${program}` : program);
  git(folder, 'config', 'filter.trap.required', 'true');
  git(folder, 'config', 'diff.trap.cachetextconv', 'true');
  return folder;
}

const ADDED = /^\+ Namespace b/m;

test('the trap works: a checkout runs it, and so does a look at the state', () => {
  for (const args of [
    ['checkout-index', '--all', '--force', '--prefix=out/'],
    ['status', '--porcelain'],
  ]) {
    const set = trap();
    run('git', args, { cwd: hostile(set) });
    expect(existsSync(set.mark), args[0]).toBe(true);
  }
});

test('no hook, filter, monitor or program of a config runs, and no filter changes a text', async () => {
  const set = trap();
  const folder = hostile(set);
  for (const args of [[], ['--base', 'rev:HEAD~1', '--head', 'rev:HEAD'], ['--base', 'HEAD~1']]) {
    const { status, stdout, stderr } = await runMain(folder, ['diff', ...args]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    if (args.length > 0) expect(stdout).toMatch(ADDED);
  }
  await runMain(folder, 'diff --base nowhere');
  await runMain(folder, 'diff --base HEAD~9');
  expect(existsSync(set.mark)).toBe(false);
});

test("the caller's GIT_* are not git's", () => {
  const set = trap();
  const folder = hostile(set);
  const other = repositoryOf({ 'x.yaml': namespace('x') });
  const env = {
    ...process.env,
    GIT_DIR: join(other, '.git'),
    GIT_WORK_TREE: other,
    GIT_INDEX_FILE: join(folder, 'index'),
    GIT_EXTERNAL_DIFF: set.program,
    GIT_SSH_COMMAND: set.program,
    GIT_PAGER: set.program,
    GIT_TRACE: join(folder, 'trace'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: set.program,
  };
  const args = ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  expectStdout(run(remSecrets, args, { cwd: folder, env }), 0, ADDED);
  for (const made of [set.mark, join(folder, 'trace'), join(folder, 'index')])
    expect(existsSync(made), made).toBe(false);
});

/** A clone that has commits and folders, and no contents: git fetches those when it wants them. */
function partialClone(upload: string): string {
  const origin = repositoryOf({ 'a.yaml': namespace('a'), 'dev/x.yaml': namespace('x') });
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  const folder = folderOf();
  git(folder, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${origin}`, '.');
  git(folder, 'config', 'remote.origin.uploadpack', `${upload}; git-upload-pack`);
  git(folder, 'config', 'protocol.file.allow', 'always');
  git(folder, 'reset', '--quiet');
  write(folder, 'a.yaml', namespace('a'));
  write(folder, 'dev/x.yaml', namespace('x'));
  return folder;
}

test('what a partial clone lacks is named and not fetched, and the rest is shown', async () => {
  const set = trap();
  const folder = partialClone(`${set.program} </dev/null`);
  rmSync(set.mark, { force: true });
  expect(git(folder, 'hash-object', '-w', 'a.yaml').trim()).toHaveLength(40);
  write(folder, 'dev/new.yaml', namespace('new'));
  const { stdout } = exits(2, await runMain(folder, 'diff --base rev:HEAD'));
  expect(stdout).toContain(
    'dev/x.yaml:1:1: warning: skipped: it is not in this clone, which is partial',
  );
  expect(stdout).toMatch(/^\+ Namespace new/m);
  expect(stdout).not.toMatch(/Namespace [ax]/);
  expect(existsSync(set.mark)).toBe(false);
  run('git', ['cat-file', '-p', 'HEAD:dev/x.yaml'], { cwd: folder });
  expect(existsSync(set.mark), 'the trap works').toBe(true);
});

test('what changes between two commits and is in neither of them here is not read', async () => {
  const origin = repositoryOf({ 'a.yaml': namespace('a'), 'x.yaml': namespace('x') });
  commit(origin, { 'a.yaml': namespace('b') });
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  const folder = folderOf();
  git(folder, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${origin}`, '.');
  const diff = ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  const { stdout } = exits(2, await runMain(folder, diff));
  expect(stdout).toMatch(/^not read: a\.yaml .*: not read: it is not in this clone/m);
  expect(stdout).toContain('no file of it is changed: x.yaml\n');
});

test('a clone without folders is refused in one line, and nothing is fetched', async () => {
  const set = trap();
  const origin = repositoryOf({ 'dev/x.yaml': namespace('x') });
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  const folder = folderOf();
  git(folder, 'clone', '--quiet', '--no-checkout', '--filter=tree:0', `file://${origin}`, '.');
  git(folder, 'config', 'remote.origin.uploadpack', `${set.program} </dev/null; git-upload-pack`);
  const { status, stdout, stderr } = await runMain(folder, 'diff');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^rem-secrets: git cannot list the files of [0-9a-f]{40}: .*partial.*\n$/);
  expect(existsSync(set.mark)).toBe(false);
});

test('a folder of a repository that looks like a bare one is not taken for it', async () => {
  const folder = repositoryOf({ 'a.yaml': namespace('a') });
  git(folder, 'init', '--quiet', '--bare', 'inner');
  const set = trap();
  git(folder, '--git-dir', 'inner', 'config', 'core.fsmonitor', set.program);
  const { status, stdout, stderr } = await runMain(join(folder, 'inner'), 'diff');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    'rem-secrets: this is a bare repository, which has no files: run it in a clone, or name folders\n',
  );
  expect(existsSync(set.mark)).toBe(false);
});

test('replaced and grafted commits are what their hashes say', async () => {
  const folder = repositoryOf({ 'a.yaml': namespace('a') });
  commit(folder, { 'b.yaml': namespace('b') });
  const [first = '', second = ''] = ['HEAD~1', 'HEAD'].map(name =>
    git(folder, 'rev-parse', name).trim(),
  );
  git(folder, 'replace', first, second);
  write(folder, '.git/info/grafts', `${second}\n`);
  for (const base of [first, 'HEAD~1']) {
    const { stdout } = await runMain(folder, ['diff', '--base', `rev:${base}`]);
    expect(stdout).toMatch(ADDED);
    expect(stdout).not.toContain('Namespace a');
  }
});
