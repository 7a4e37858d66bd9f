import { expect, test } from 'vitest';
import { exits, expectStdout, runMain } from '../machine.ts';
import { commit, type Files, git, repositoryOf } from './repository.ts';

const config = (name: string, colour: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { colour: ${colour} }\n`;

const BASE: Files = {
  'web/kustomization.yaml': 'resources: [web.yaml]\nlabels: []\n',
  'web/web.yaml': config('web', 'blue'),
  'mail/kustomization.yaml': 'resources: [mail.yaml, absent.yaml]\nlabels: []\n',
  'mail/mail.yaml': config('mail', 'blue'),
  'templates/job.yaml': config('job', 'blue'),
};

async function changed(files: Files, format = 'text') {
  const folder = repositoryOf(BASE);
  commit(folder, files);
  const { status, stdout } = await runMain(folder, [
    'diff',
    '--base',
    'rev:HEAD~1',
    '--head',
    'rev:HEAD',
    '--format',
    format,
  ]);
  return { status, stdout };
}

test('what could not be built before, and cannot be now, is one line, whatever changes in it', async () => {
  for (const name of ['web', 'mail']) {
    const { stdout } = exits(0, await changed({ [`${name}/${name}.yaml`]: config(name, 'red') }));
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
  const folder = repositoryOf({ ...Object.fromEntries(kustomizations), 'web.yaml': '' });
  commit(folder, { 'web.yaml': config('web', 'red') });
  const { stdout } = await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  expect(stdout).toContain('so that nothing of it is applied: a, b, c, d, e, …\n');
});

test('so it is with the environments of a spec', async () => {
  const builds = (names: string): Files => ({
    'overlays/prod/kustomization.yaml': `resources: [${names}]\n`,
  });
  const before = { 'rem-secrets.yaml': '', 'overlays/prod/web.yaml': config('web', 'blue') };
  const review = async (was: string, is: string): ReturnType<typeof runMain> => {
    const folder = repositoryOf({ ...before, ...builds(was) });
    commit(folder, { ...builds(is), 'overlays/prod/web.yaml': config('web', 'red') });
    return runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  };
  const still = exits(0, await review('web.yaml, absent.yaml', 'web.yaml, absent.yaml'));
  expect(still.stdout).toContain(
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
  const review = async (files: Files): ReturnType<typeof runMain> => {
    const folder = repositoryOf(before);
    commit(folder, files);
    return runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  };
  expect(exits(0, await review({ 'web/web.yaml': config('web', 'red') })).stdout).toContain(
    '1 environment cannot be read, before and after alike, and no file of it is changed: mail\n',
  );
  expect((await review({ 'mail/mail.yaml': config('mail', 'red') })).status).toBe(2);
});

test('a build that is mended is not compared, is said, and does not fail', async () => {
  const { stdout } = exits(0, await changed({ 'mail/absent.yaml': config('absent', 'blue') }));
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
  expectStdout(await changed(files), 0, 'reason: it is a test');
  const [run] = JSON.parse((await changed(files, 'sarif')).stdout).runs;
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
  const { status, stdout } = await changed({
    'templates/job.yaml': 'apiVersion: v1\nkind: {{ kind }}\nname: a: b\n',
  });
  expect(status).toBe(2);
  expect(stdout).toContain('not read: templates (head side)');
});

test('an error that lint finds newly fails, and is in the first line', async () => {
  const { status, stdout } = await changed({
    'web/web.yaml': config('web', 'red').replace('\ndata:', '\ndta:'),
  });
  expect(status).toBe(1);
  expect(stdout.split('\n')[0]).toContain('1 new error');
});

test('a build that failed in an earlier run fails again, without the files of the commit', async () => {
  const folder = repositoryOf({ ...BASE, 'web/kustomization.yaml': 'resources: [web.yaml]\n' });
  commit(folder, { 'web/web.yaml': config('web', 'red') });
  const review = () => runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  const first = await review();
  expect(first.stdout).toContain('1 environment cannot be built');
  expect(await review()).toEqual(first);
});
