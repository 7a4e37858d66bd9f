import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  exits,
  folderOf,
  lastingFolder,
  output,
  type Ran,
  remSecrets,
  root,
  run,
  runMain,
  tool,
  yamlIn,
} from '../../machine.ts';
import { commit, repositoryOf } from '../../review/repository.ts';
import { specOf } from '../../spec-text.ts';

/** A server of this machine, in a thread of its own, as this one waits for what it starts. */
const thread = new Worker(new URL('./listener-thread.mjs', import.meta.url));
let port = 0;
beforeAll(async () => ([port] = await once(thread, 'message')));
afterAll(() => thread.terminate());

/**
 * Who has come since it was asked last: `GET /x.yaml`, or `connection` where no request was made out. Whoever came
 * before this question stands before it in the queue.
 */
async function arrived(): Promise<readonly string[]> {
  const headers = { connection: 'close' };
  const response = await fetch(`http://127.0.0.1:${port}/arrived`, { headers });
  return (await response.json()) as readonly string[];
}

const address = (): string => `http://127.0.0.1:${port}/x.yaml`;

test('the listener hears kustomize when nobody is in between', async () => {
  const folder = folderOf({ 'kustomization.yaml': `resources: ['${address()}']\n` });
  expect(output(tool('kustomize'), ['build', folder])).toContain('name: fetched');
  expect(await arrived()).toContain('GET /x.yaml');
  expect(await arrived()).toEqual([]);
});

/** Where a kustomization can name something to load; ADDRESS is put in. */
const fields = yamlIn<Readonly<Record<string, string | Readonly<Record<string, string>>>>>(
  import.meta.dirname,
  'fields.yaml',
);

test.for(Object.entries(fields))('%s: no server is asked', async ([, field]) => {
  const files = typeof field === 'string' ? { 'kustomization.yaml': field } : field;
  const texts = Object.entries(files).map(
    ([path, text]) =>
      [path, text.replaceAll('ADDRESS', address()).replaceAll('PORT', `${port}`)] as const,
  );
  const { stdout, stderr } = await runMain(folderOf(texts), 'lint .');
  expect(await arrived()).toEqual([]);
  expect(stdout + stderr).not.toContain('this is a bug');
  expect(stdout).toMatch(/\[(?:not-read|unreadable|duplicate-key|yaml-syntax|ambiguous-yaml)\]/);
});

const addresses = yamlIn<Readonly<Record<string, string>>>(import.meta.dirname, 'addresses.yaml');

const fetched = onceIn(lastingFolder(), folder =>
  repositoryOf({ 'kustomization.yaml': 'configMapGenerator: [{name: fetched}]\n' }, folder),
);

test.for(Object.entries(addresses))('%s is not read', async ([, form]) => {
  const entry = form.replace('PORT', `${port}`).replace('REPOSITORY', fetched());
  const folder = folderOf({
    'kustomization.yaml': `resources: [${JSON.stringify(entry)}, a.yaml]\n`,
    'a.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n',
    'github.com/o/r/sub/kustomization.yaml': 'configMapGenerator: [{name: fetched}]\n',
  });
  const { stdout } = exits(0, await runMain(folder, 'lint .'));
  expect(await arrived()).toEqual([]);
  expect(stdout).toMatch(
    /^kustomization\.yaml:1:13: warning: not read: remote: \S+ \[not-read\]$/m,
  );
  expect(stdout).toContain('in 2 objects; not judged: 1 entry that was not read');
  expect(stdout).not.toContain('hunter2');
});

/** Each command that builds kustomizations, in a repository where one is hostile. */
const COMMANDS = [
  ...['lint app', 'lint .', 'lint', 'validate app', 'validate', 'graph app', 'graph'],
  ...['diff --base HEAD~1 --head HEAD', 'diff --base HEAD --head HEAD~1', 'diff'],
  'diff --base app --head app',
];

/** Of an environment that switches a component on. */
const SPEC = `namespace: shop
stores: { local: { kubernetes: {} } }
environments: { dev: { components: [c] } }`;

async function makeHostile(folder: string, entry: string): Promise<string> {
  repositoryOf(
    {
      'rem-secrets.yaml': specOf(SPEC),
      'components/c/kustomization.yaml': component('[]'),
      'app/kustomization.yaml': 'configMapGenerator: [{name: a}]\n',
    },
    folder,
  );
  await runMain(folder, 'expand');
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
const shell = (folder: string) => `file:///x?ref=--upload-pack=sh -c 'id > ${folder}/pwned' #`;

const mark = lastingFolder();

/** A repository for what asks the server, and one for what runs the shell. */
const HOSTILE = [
  onceIn(lastingFolder(), folder => makeHostile(folder, address())),
  onceIn(lastingFolder(), folder => makeHostile(folder, shell(mark))),
];

async function expectNotRead({ stdout, stderr }: Ran): Promise<void> {
  expect(await arrived()).toEqual([]);
  expect(existsSync(join(mark, 'pwned'))).toBe(false);
  expect(stdout + stderr).toContain('not read');
}

test.for(COMMANDS)('%s asks no server and runs nothing', async line => {
  for (const repository of HOSTILE) await expectNotRead(await runMain(await repository(), line));
});

/** As programs of their own, which are given an environment. */
test('neither does the program, nor .ci/rendered-diff', async () => {
  const script = join(root, '.ci/rendered-diff');
  for (const repository of HOSTILE) {
    const cwd = await repository();
    await expectNotRead(run(remSecrets, ['lint', '.'], { cwd }));
    await expectNotRead({ ...run(script, ['HEAD~1', join(mark, 'out')], { cwd }), stderr: '' });
  }
});

test('the shell of the entry would run when nobody is in between', () => {
  const own = folderOf();
  const folder = folderOf({ 'kustomization.yaml': `resources: [${JSON.stringify(shell(own))}]\n` });
  run(tool('kustomize'), ['build', '.'], { cwd: folder });
  expect(existsSync(join(own, 'pwned'))).toBe(true);
});

/** What is made in a folder when it is first asked for. */
function onceIn<T>(folder: string, make: (folder: string) => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make(folder);
    return made;
  };
}
