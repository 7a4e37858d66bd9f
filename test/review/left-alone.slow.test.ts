import { expect, test } from 'vitest';
import { runMain } from '../machine.ts';
import { configMap } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { changed, commit, type Files, git, repositoryOf } from './repository.ts';

const config = (name: string, colour: string): string => configMap(name, `{ colour: ${colour} }`);

const BASE: Files = {
  'web/kustomization.yaml': 'resources: [web.yaml]\nlabels: []\n',
  'web/web.yaml': config('web', 'blue'),
  'mail/kustomization.yaml': 'resources: [mail.yaml, absent.yaml]\nlabels: []\n',
  'mail/mail.yaml': config('mail', 'blue'),
  'templates/job.yaml': config('job', 'blue'),
};

test.for(casesIn('left-alone.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('a new error that is acknowledged is suppressed in SARIF', async () => {
  const files = {
    'web/web.yaml': config('web', 'red').replace('\ndata:', '\ndta:'),
    '.rem-secrets-review.yaml':
      'acknowledge: [{ rule: invalid-object, object: ConfigMap/shop/web, reason: it is a test }]\n',
  };
  const [run] = JSON.parse((await changed(BASE, files, '--format', 'sarif')).stdout).runs;
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

test('a build that failed in an earlier run fails again, without the files of the commit', async () => {
  const folder = repositoryOf({ ...BASE, 'web/kustomization.yaml': 'resources: [web.yaml]\n' });
  commit(folder, { 'web/web.yaml': config('web', 'red') });
  const review = () => runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  const first = await review();
  expect(first.stdout).toContain('1 environment cannot be read, before and after alike');
  expect(await review()).toEqual(first);
});
