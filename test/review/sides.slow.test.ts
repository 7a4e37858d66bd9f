import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStderr, expectStdout, folderOf, readText, runMain } from '../machine.ts';
import { namespaceOf } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { commit, git, repositoryOf, write } from './repository.ts';

function branched(): string {
  const folder = repositoryOf({ 'apps/a.yaml': namespaceOf('a') });
  git(folder, 'switch', '--quiet', '--create', 'feature/b');
  commit(folder, { 'apps/b.yaml': namespaceOf('b') });
  return folder;
}

test.for(casesIn('sides.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('revisions are compared with each other, with the working tree, and with folders', async () => {
  const folder = branched();
  expect((await runMain(folder, 'diff --base main --head HEAD')).stdout).toContain('+ Namespace b');
  expect((await runMain(folder, 'diff')).stdout).toContain('no object changes');
  write(folder, 'apps/c.yaml', namespaceOf('c'));
  expect((await runMain(folder, 'diff')).stdout).toContain(
    'HEAD → the working tree: no risks; 1 added',
  );
  write(folder, 'apps/b.yaml', namespaceOf('d'));
  expect((await runMain(folder, 'diff --base main --head apps')).stdout).toContain('+ Namespace d');
  expect(git(folder, 'status', '--porcelain')).toBe(' M apps/b.yaml\n?? apps/c.yaml\n');
});

test('a side may be a file, or a folder below the one that git tracks', async () => {
  const folder = branched();
  const files = await runMain(folder, 'diff --base apps/a.yaml --head apps/b.yaml');
  expect(files.stdout).toMatch(/^- Namespace a;.*\n\+ Namespace b$/m);
  expect((await runMain(`${folder}/apps`, 'diff --base main')).stdout).toMatch(/^\+ Namespace b/m);
});

test.for([
  ['nowhere', 'there is no path and no revision nowhere: run `git fetch origin nowhere`'],
  [
    'upstream/main',
    'there is no path and no revision upstream/main: run `git fetch upstream main`',
  ],
  ['feature/c', 'there is no path and no revision feature/c: run `git fetch origin feature/c`'],
  [
    'main..HEAD',
    'there is no path and no revision main..HEAD: a range is two sides, of which --base and --head name one each',
  ],
  ['./nowhere', 'there is no file and no folder ./nowhere'],
  [
    '--upload-pack=x',
    'there is no path and no revision --upload-pack=x: name a branch, a tag, a commit or a folder',
  ],
])('a base that is neither path nor revision: %s', async ([base = '', message = '']) => {
  const folder = branched();
  git(folder, 'remote', 'add', 'upstream', 'nowhere');
  expectStderr(await runMain(folder, ['diff', `--base=${base}`]), 2, `rem-secrets: ${message}`);
});

test('a shallow clone is named as what it is', async () => {
  const origin = branched();
  const clone = folderOf();
  const first = git(origin, 'rev-parse', 'main').trim();
  git(clone, 'clone', '--quiet', '--depth', '1', `file://${origin}`, '.');
  const { stderr } = exits(2, await runMain(clone, ['diff', '--base', first]));
  expect(stderr).toContain('this clone is shallow; run `git fetch --unshallow origin`');
  git(clone, 'fetch', '--quiet', '--unshallow', 'origin');
  expect((await runMain(clone, ['diff', '--base', first])).stdout).toMatch(/^\+ Namespace b/m);
});

test('outside of a repository a revision is none', async () => {
  const { stderr } = exits(2, await runMain(folderOf([['a.yaml', namespaceOf('a')]]), 'diff'));
  expect(stderr).toBe('rem-secrets: there is no HEAD here, and this is no git repository\n');
});

test('a huge file that kustomize reads is read', async () => {
  const folder = repositoryOf({
    'apps/kustomization.yaml': 'resources: [a.yaml]\n',
    'apps/a.yaml': namespaceOf('a'),
  });
  commit(folder, { 'apps/a.yaml': `${namespaceOf('b')}${'# padding\n'.repeat(2_200_000)}` });
  const { stdout } = exits(0, await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD'));
  expect(stdout).toContain('+ Namespace b');
});

test('binary and huge files are skipped, and diff and lint say so', async () => {
  const folder = repositoryOf({ 'a.yaml': namespaceOf('a') });
  write(folder, 'photo.yaml', Uint8Array.from([0x89, 0, 0x4e]));
  write(folder, 'data.json', '"apiVersion"'.padEnd(20 * 1024 * 1024 + 1));
  const said = [
    'data.json:1:1: warning: skipped: the file is larger than 20 MiB',
    'photo.yaml:1:1: warning: skipped: the file is binary: it holds a NUL byte',
  ];
  const review = exits(2, await runMain(folder, 'diff'));
  expect(review.stdout).toContain('not read: the head side (1 more reason): skipped: ');
  commit(folder, {});
  const later = exits(0, await runMain(folder, 'diff'));
  for (const message of said) expect(later.stdout).toContain(message);
  const lint = exits(0, await runMain(folder, 'lint .'));
  for (const message of said) expect(lint.stdout).toContain(message);
  expect(lint.stdout).toContain('not judged: 2 files');
});

test('a binary file that is asked for is an error', async () => {
  const folder = repositoryOf({ 'a.yaml': namespaceOf('a') });
  write(folder, 'photo.yaml', Uint8Array.from([0x89, 0, 0x4e]));
  expectStdout(
    await runMain(folder, 'diff --base a.yaml --head photo.yaml'),
    2,
    'not read: the head side: the file is binary: it holds a NUL byte\n  at photo.yaml:1:1',
  );
});

test('an empty side is said; two of them are an error', async () => {
  const folder = repositoryOf({
    'a.yaml': namespaceOf('a'),
    'empty/.gitkeep': '',
    'void/.gitkeep': '',
  });
  const one = exits(0, await runMain(folder, 'diff --base empty --head a.yaml'));
  expect(one.stdout).toContain('warning: the base side, empty, has no manifests');
  expect((await runMain(folder, 'diff --base empty --head void')).status).toBe(2);
});

test('a commit from before the folder has nothing in it', async () => {
  const folder = repositoryOf({ 'readme.md': 'x' });
  write(folder, 'team/a.yaml', namespaceOf('a'));
  const { stdout } = exits(0, await runMain(folder, '--file team/rem-secrets.yaml diff'));
  expect(stdout).toContain('the base side, HEAD, has no manifests');
  expect(stdout).toMatch(/^\+ Namespace a/m);
});

test('--reports writes the review in each format; a folder that cannot be made is named', async () => {
  const folder = branched();
  const args = ['diff', '--base', 'main', '--head', 'HEAD', '--reports'];
  expectStdout(await runMain(folder, [...args, 'out/review']), 0, /^\+ Namespace b/m);
  for (const [format, file] of [
    ['markdown', 'review.md'],
    ['html', 'review.html'],
    ['json', 'review.json'],
    ['sarif', 'review.sarif'],
  ] as const) {
    const printed = (await runMain(folder, ['--format', format, ...args.slice(0, -1)])).stdout;
    expect(readText(folder, 'out/review', file)).toBe(printed);
  }
  const refused = await runMain(folder, [...args, 'apps/a.yaml']);
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toContain('rem-secrets: cannot write the reports into apps/a.yaml: ');
});

test.for([
  [['main'], '--base main'],
  [['main..feature'], '--base main --head feature'],
  [['main', 'feature'], '--base main --head feature'],
] as const)('sides without flags, as git diff has them: %j', async ([sides, flags]) => {
  expect(await runMain(folderOf(), ['diff', ...sides])).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: diff takes its sides as flags: ${flags}\n`,
  });
});

test.for([
  [['--base', ''], 'an empty side names nothing: a variable may be empty'],
  [['--base', 'main', '--', 'apps'], 'diff compares whole sides, and takes no apps'],
] as const)('what would be another diff than is meant: %j', async ([args, message]) => {
  expect(await runMain(branched(), ['diff', ...args])).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: ${message}\n`,
  });
});

test('other formats are refused', async () => {
  const { stderr } = exits(2, await runMain(folderOf(), '--format junit diff'));
  expect(stderr).toContain('diff has no --format junit, only text, json');
});

test('--explain prints the page of a risk, or of a rule of lint; so does that of lint', async () => {
  for (const command of ['diff', 'lint'])
    for (const rule of ['cluster-removed', 'unknown-secret'])
      expect(await runMain(folderOf(), [command, '--explain', rule])).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(new RegExp(`^# ${rule}\n`)),
      });
  const { stderr } = exits(2, await runMain(folderOf(), 'diff --explain cluster-remove'));
  expect(stderr).toContain('there is no rule "cluster-remove"');
  expect(stderr).toContain('Did you mean "cluster-removed"?');
});

test('a first commit may be compared with the empty tree', async () => {
  const folder = branched();
  const [tree = ''] = git(folder, 'mktree').split('\n');
  for (const base of [tree, `rev:${tree}`]) {
    expect(exits(0, await runMain(folder, ['diff', '--base', base])).stdout).toMatch(
      /^[0-9a-f]{40} \(the empty tree\) → the working tree: no risks; 2 added$/m,
    );
  }
});

test('a file that a partial clone has not is not known, and nothing in it is new', async () => {
  const folder = branched();
  commit(folder, { 'apps/a.yaml': namespaceOf('other'), 'apps/c.yaml': namespaceOf('c') });
  git(folder, 'config', 'uploadpack.allowFilter', 'true');
  const clone = join(folderOf(), 'clone');
  git(folder, 'clone', '--quiet', '--filter=blob:none', `file://${folder}`, clone);
  const { stdout } = await runMain(clone, 'diff --base rev:HEAD~1');
  expect(stdout).toMatch(/^apps\/a\.yaml:1:1: warning: skipped: it is not in this clone/m);
  expect(stdout.split('\n').filter(line => /^[+~-] /.test(line))).toEqual(['+ Namespace c (apps)']);
});
