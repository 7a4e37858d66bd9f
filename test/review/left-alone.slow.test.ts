import { expect, test } from 'vitest';
import { exits, expectStdout, type Ran, runMain } from '../machine.ts';
import { configMap } from '../manifests.ts';
import { changed, commit, type Files, git, repositoryOf } from './repository.ts';

const config = (name: string, colour: string): string => configMap(name, `{ colour: ${colour} }`);

const BASE: Files = {
  'web/kustomization.yaml': 'resources: [web.yaml]\nlabels: []\n',
  'web/web.yaml': config('web', 'blue'),
  'mail/kustomization.yaml': 'resources: [mail.yaml, absent.yaml]\nlabels: []\n',
  'mail/mail.yaml': config('mail', 'blue'),
  'templates/job.yaml': config('job', 'blue'),
};

const ofBase = (files: Files, ...flags: readonly string[]): Promise<Ran> =>
  changed(BASE, files, ...flags);

test('what could not be built before, and cannot be now, is one line, whatever changes in it', async () => {
  for (const name of ['web', 'mail']) {
    const { stdout } = exits(0, await ofBase({ [`${name}/${name}.yaml`]: config(name, 'red') }));
    expect(stdout).toContain(
      'warning: 1 environment cannot be built, before and after, so that nothing of it is applied: mail\n',
    );
  }
});

test('of many such environments five are named', async () => {
  const kustomizations = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => [
    `${name}/kustomization.yaml`,
    'resources: [gone.yaml]',
  ]);
  const before = { ...Object.fromEntries(kustomizations), 'web.yaml': '' };
  const { stdout } = await changed(before, { 'web.yaml': config('web', 'red') });
  expect(stdout).toContain('so that nothing of it is applied: a, b, c, d, e, …\n');
});

test('so it is with the environments of a spec', async () => {
  const builds = (names: string): Files => ({
    'overlays/prod/kustomization.yaml': `resources: [${names}]\n`,
  });
  const before = { 'rem-secrets.yaml': '', 'overlays/prod/web.yaml': config('web', 'blue') };
  const after = { 'overlays/prod/web.yaml': config('web', 'red') };
  const review = (was: string, is: string): Promise<Ran> =>
    changed({ ...before, ...builds(was) }, { ...builds(is), ...after });
  expect(exits(0, await review('web.yaml, absent.yaml', 'web.yaml, absent.yaml')).stdout).toContain(
    'cannot be built, before and after, so that nothing of it is applied: prod\n',
  );
  const mended = exits(0, await review('web.yaml, absent.yaml', 'web.yaml'));
  expect(mended.stdout).toContain('so what changes in it is not known: prod\n');
  const broken = exits(1, await review('web.yaml', 'web.yaml, absent.yaml'));
  expect(broken.stdout).toContain('[build-broken]');
});

test('what is not read is one line where it is left as it is, and not compared where it changes', async () => {
  const before = {
    ...BASE,
    'mail/kustomization.yaml': 'resources: [mail.yaml]\ntransformers: [plugin.yaml]\n',
    'mail/plugin.yaml': `apiVersion: a.example.org/v1
kind: Plug
metadata: { name: a, annotations: { config.kubernetes.io/function: "exec: { path: ./plug }" } }
`,
  };
  const review = (files: Files): Promise<Ran> => changed(before, files);
  expect(exits(0, await review({ 'web/web.yaml': config('web', 'red') })).stdout).toContain(
    '1 environment cannot be read, before and after alike, and no file of it is changed: mail\n',
  );
  expect((await review({ 'mail/mail.yaml': config('mail', 'red') })).status).toBe(2);
});

test('a build that is mended is not compared, is said, and does not fail', async () => {
  const { stdout } = exits(0, await ofBase({ 'mail/absent.yaml': config('absent', 'blue') }));
  expect(stdout).toContain(': no risks in what was read');
  expect(stdout).toContain(
    'warning: 1 environment could not be built before and can be now, so what changes in it is not known: mail\n',
  );
});

test('another state of what is on a server is shown with both addresses', async () => {
  const takes = (refs: string): string =>
    `resources: [mail.yaml, https://git.example/a/b/deploy?ref=${refs}]\nlabels: []\n`;
  const folder = repositoryOf({ ...BASE, 'mail/kustomization.yaml': takes('v1') });
  commit(folder, { 'mail/kustomization.yaml': takes('v2') });
  expectStdout(
    await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD'),
    0,
    '"mail" takes another state of what is on a server: https://git.example/a/b/deploy?ref=v1 → https://git.example/a/b/deploy?ref=v2\n',
  );
  commit(folder, { 'mail/kustomization.yaml': takes('v2').replace('a/b', 'c/d') });
  expect((await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD')).status).toBe(2);
});

test('a new error that is acknowledged does not fail, and is shown with its reason', async () => {
  const files = {
    'web/web.yaml': config('web', 'red').replace('\ndata:', '\ndta:'),
    '.rem-secrets-review.yaml':
      'acknowledge: [{ rule: invalid-object, object: ConfigMap/shop/web, reason: it is a test }]\n',
  };
  expectStdout(await ofBase(files), 0, 'reason: it is a test');
  const [run] = JSON.parse((await ofBase(files, '--format', 'sarif')).stdout).runs;
  expect(run.results).toMatchObject([
    { ruleId: 'invalid-object', suppressions: [{ justification: 'it is a test' }] },
  ]);
  expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe('invalid-object');
});

test('of a branch the commit is the base at which head left it, and of a tag the commit itself', async () => {
  const folder = repositoryOf(BASE);
  git(folder, 'checkout', '--quiet', '-b', 'change');
  commit(folder, { 'web/web.yaml': config('web', 'red') });
  git(folder, 'checkout', '--quiet', 'main');
  commit(folder, { 'templates/job.yaml': config('job', 'red') });
  git(folder, 'tag', 'v1');
  git(folder, 'checkout', '--quiet', 'change');
  expect((await runMain(folder, 'diff --base rev:main')).stdout).toMatch(
    /^main \([0-9a-f]{12}, where head left it\) → the working tree: .*1 changed/,
  );
  const ofTag = (await runMain(folder, 'diff --base rev:v1')).stdout;
  expect(ofTag).toMatch(/^v1 → the working tree: .*2 changed/);
});

test('a change that makes a file a scaffold is not compared', async () => {
  const job = { 'templates/job.yaml': 'apiVersion: v1\nkind: {{ kind }}\nname: a: b\n' };
  expectStdout(await ofBase(job), 2, 'not read: templates (head side)');
});

test('an error that lint finds newly fails, and is in the first line', async () => {
  const web = config('web', 'red').replace('\ndata:', '\ndta:');
  expectStdout(await ofBase({ 'web/web.yaml': web }), 1, /^.*1 new error/);
});

test('a build that failed in an earlier run fails again, without the files of the commit', async () => {
  const folder = repositoryOf({ ...BASE, 'web/kustomization.yaml': 'resources: [web.yaml]\n' });
  commit(folder, { 'web/web.yaml': config('web', 'red') });
  const review = () => runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  const first = await review();
  expect(first.stdout).toContain('1 environment cannot be built');
  expect(await review()).toEqual(first);
});
