import { expect, test } from 'vitest';
import { runMain } from '../machine.ts';
import { commit, type Files, repositoryOf } from './repository.ts';

const config = (name: string, colour: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { colour: ${colour} }\n`;

const BASE: Files = {
  'web/kustomization.yaml': 'resources: [web.yaml]\nlabels: []\n',
  'web/web.yaml': config('web', 'blue'),
  'mail/kustomization.yaml': 'resources: [mail.yaml, absent.yaml]\nlabels: []\n',
  'mail/mail.yaml': config('mail', 'blue'),
  'templates/job.yaml': config('job', 'blue'),
};

async function changed(files: Files): Promise<{ status: number | null; stdout: string }> {
  const folder = repositoryOf(BASE);
  commit(folder, files);
  const { status, stdout } = await runMain(folder, [
    'diff',
    '--base',
    'rev:HEAD~1',
    '--head',
    'rev:HEAD',
  ]);
  return { status, stdout };
}

test('what was broken before, and is left as it is, is one line', async () => {
  const { status, stdout } = await changed({ 'web/web.yaml': config('web', 'red') });
  expect(status).toBe(0);
  expect(stdout).toContain(
    'warning: 1 unit cannot be read, before and after alike, and no file of it is changed: mail\n',
  );
});

test('a change in what is broken is not compared', async () => {
  const { status, stdout } = await changed({ 'mail/mail.yaml': config('mail', 'red') });
  expect(status).toBe(2);
  expect(stdout).toContain('there is no absent.yaml');
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
  const review = (): ReturnType<typeof runMain> =>
    runMain(folder, ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD']);
  const first = await review();
  expect(first.stdout).toContain('1 unit cannot be read');
  expect(await review()).toEqual(first);
});
