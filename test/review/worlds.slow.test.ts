import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStdout, runMain } from '../machine.ts';
import { application, cnpgCluster, configMap, podReading } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { commit, git, repositoryOf } from './repository.ts';

const config = (value: string, name = 'settings'): string => configMap(name, `{ a: "${value}" }`);

test.for(casesIn('worlds.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('of two trees the place that they have in common is compared, and may be new in one', async () => {
  const folder = repositoryOf({ 'old/readme.md': 'x', 'new/apps/shop/settings.yaml': config('1') });
  expectStdout(
    await runMain(folder, 'diff --base old/apps/shop --head new/apps/shop'),
    0,
    '+ ConfigMap shop/settings',
  );
});

test('what was rendered of a repository has all that its Applications apply', async () => {
  const all = `${application('shop', 'apps/shop')}---\n${cnpgCluster()}`;
  const folder = repositoryOf({
    'old/all.yaml': all,
    'new/all.yaml': `${all}---\n${podReading('shop-db-apps')}`,
  });
  const { stdout } = await runMain(folder, 'diff --base path:old --head path:new');
  expect(stdout).toContain('nothing makes Secret "shop-db-apps"');
});

test('a folder without any manifest is compared', async () => {
  const folder = repositoryOf({ '.github/workflows/ci.yaml': 'on: push\n' });
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toContain('warning: the head side, the working tree, has no manifests');
});

test('what a submodule has is neither new nor gone, wherever it is checked out', async () => {
  const folder = repositoryOf({ 'apps/settings.yaml': config('1') });
  const other = repositoryOf({ 'more.yaml': config('2', 'more') });
  git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'lib');
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toMatch(/no risks; no object changes\n/);
  expect(stdout).toContain('lib:1:1: warning: skipped: it is a submodule');
});

test('what a kustomization takes of a submodule is left out, and another state of that is not compared', async () => {
  const folder = repositoryOf({
    'apps/kustomization.yaml': 'resources: [settings.yaml, ../lib]\n',
    'apps/settings.yaml': config('1'),
  });
  const other = repositoryOf({ 'kustomization.yaml': 'resources: []\n' });
  const allowed = ['-c', 'protocol.file.allow=always'];
  git(folder, ...allowed, 'submodule', '--quiet', 'add', other, 'lib');
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  const review = () => runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  commit(folder, { 'apps/settings.yaml': config('2') });
  expectStdout(await review(), 0, /no risks in what was read; 1 changed/);
  const urls = readFileSync(join(folder, '.gitmodules'), 'utf8');
  commit(folder, { '.gitmodules': urls.replace('url = ', 'url = https://git.example/') });
  const unread =
    /not read: apps \(base side; .*\): not read: in a submodule: ..\/lib: is a submodule: /;
  expectStdout(await review(), 2, unread);
  commit(other, { 'more.yaml': config('3', 'more') });
  commit(folder, { '.gitmodules': urls });
  git(folder, ...allowed, 'submodule', '--quiet', 'update', '--remote');
  git(folder, 'commit', '--quiet', '--all', '--message', 'another');
  expectStdout(await review(), 2, unread);
});

test('an applied folder that becomes a submodule, or another commit of it, is not read', async () => {
  const folder = repositoryOf({
    'argo/web.yaml': application('web', 'apps/web'),
    'apps/web/settings.yaml': config('1'),
  });
  const other = repositoryOf({ 'more.yaml': config('2', 'more') });
  const allowed = ['-c', 'protocol.file.allow=always'];
  git(folder, 'rm', '--quiet', '-r', 'apps/web');
  git(folder, ...allowed, 'submodule', '--quiet', 'add', other, 'apps/web');
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  commit(other, { 'more.yaml': config('3', 'more') });
  git(folder, ...allowed, 'submodule', '--quiet', 'update', '--remote');
  git(folder, 'commit', '--quiet', '--all', '--message', 'another');
  for (const base of ['HEAD~2', 'HEAD~1']) {
    const head = base === 'HEAD~2' ? 'HEAD~1' : 'HEAD';
    expectStdout(
      await runMain(folder, ['diff', '--base', `rev:${base}`, '--head', `rev:${head}`]),
      2,
      /not read: apps\/web \(.*head side\): skipped: it is a submodule/,
    );
  }
});
