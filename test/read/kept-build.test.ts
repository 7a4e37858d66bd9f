import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../generator/core/host.ts';
import { main } from '../../generator/main.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { folderOf } from '../machine.ts';
import { podReading } from '../manifests.ts';

const pod = (secret: string): string => podReading(secret, 'a');

const files = [
  ['kustomization.yaml', 'resources: [pod.yaml]\nnamePrefix: x-\n'],
  ['pod.yaml', pod('login')],
] as const;

interface Linted {
  readonly stdout: string;
  /** How often another program was run. */
  readonly runs: number;
}

async function lint(folder: string, cache: string, ...flags: readonly string[]): Promise<Linted> {
  return lintOn(nodeHost(folder), cache, flags);
}

async function lintOn(host: Host, cache: string, flags: readonly string[] = []): Promise<Linted> {
  let [stdout, runs] = ['', 0];
  const status = await main(['lint', '.', ...flags], {
    ...host,
    env: name => (name === 'XDG_CACHE_HOME' ? cache : host.env(name)),
    run: (...args) => {
      runs += 1;
      return host.run(...args);
    },
    stdout: text => {
      stdout += text;
    },
  });
  expect(status).toBe(1);
  return { stdout, runs };
}

const buildsIn = (cache: string): string[] => readdirSync(join(cache, 'rem-secrets/builds'));

function keptBytes(cache: string): string {
  const builds = join(cache, 'rem-secrets/builds');
  return buildsIn(cache)
    .map(file => readFileSync(join(builds, file), 'latin1'))
    .join('');
}

test('what was built once is not built again, until a file of it changes', async () => {
  const [folder, cache] = [folderOf(files), folderOf()];
  const first = await lint(folder, cache);
  expect(first).toMatchObject({ runs: 1 });
  expect(await lint(folder, cache)).toEqual({ ...first, runs: 0 });
  expect(await lint(folder, cache, '--no-cache')).toEqual(first);
  writeFileSync(join(folder, 'pod.yaml'), pod('other'));
  expect(await lint(folder, cache)).toMatchObject({
    runs: 1,
    stdout: expect.stringContaining('"other"'),
  });
  expect(await lint(folderOf(files), cache)).toEqual({ ...first, runs: 0 });
});

test('what another kustomize built is built again', async () => {
  const [folder, cache, tools] = [folderOf(files), folderOf(), folderOf()];
  const host = nodeHost(folder);
  const copy = join(tools, 'kustomize');
  copyFileSync(host.packageFile('.tools/kustomize'), copy);
  const own: Host = { ...host, packageFile: path => join(tools, path.replace('.tools/', '')) };
  const runs = async (): Promise<number> => (await lintOn(own, cache)).runs;
  expect([await runs(), await runs()]).toEqual([1, 0]);
  appendFileSync(copy, '\0');
  expect([await runs(), await runs()]).toEqual([1, 0]);
});

test('a Secret that kustomize makes of a file is kept where only who has the file can read it', async () => {
  const generator = 'secretGenerator: [{ name: login, envs: [login.env] }]\n';
  const files = [
    ['kustomization.yaml', `resources: [pod.yaml]\n${generator}`],
    ['pod.yaml', pod('absent')],
    ['login.env', 'password=hunter2-kept\n'],
  ] as const;
  const cache = folderOf();
  const first = await lint(folderOf(files), cache);
  expect(first).toMatchObject({ runs: 1 });
  expect(await lint(folderOf(files), cache)).toEqual({ ...first, runs: 0 });
  // The build, and which kustomize it was.
  expect(buildsIn(cache)).toHaveLength(2);
  for (const value of ['hunter2', Buffer.from('hunter2-kept').toString('base64'), 'password'])
    expect(keptBytes(cache)).not.toContain(value);
  for (const name of buildsIn(cache)) {
    const file = join(cache, 'rem-secrets/builds', name);
    writeFileSync(file, readFileSync(file).subarray(0, -1));
  }
  expect(await lint(folderOf(files), cache)).toEqual(first);
});

test('that a build fails is kept too', async () => {
  const [folder, cache] = [
    folderOf([...files.slice(1), ['kustomization.yaml', 'resources: [pod.yaml, pod.yaml]\n']]),
    folderOf(),
  ];
  const first = await lint(folder, cache);
  expect(first).toMatchObject({ runs: 1 });
  expect(await lint(folder, cache)).toEqual({ ...first, runs: 0 });
});

test('a folder that others can write, or a link, is no cache', async () => {
  const open = folderOf();
  mkdirSync(join(open, 'rem-secrets/builds'), { recursive: true });
  chmodSync(join(open, 'rem-secrets/builds'), 0o777);
  const linked = folderOf();
  mkdirSync(join(linked, 'rem-secrets'));
  symlinkSync(folderOf(), join(linked, 'rem-secrets/builds'));
  const above = folderOf([['rem-secrets/builds/.keep', '']]);
  const led = folderOf();
  symlinkSync(join(above, 'rem-secrets'), join(led, 'rem-secrets'));
  for (const cache of [open, linked, led, 'not/absolute', '/dev/null']) {
    const folder = folderOf(files);
    for (const _ of [1, 2]) expect((await lint(folder, cache)).runs).toBe(1);
  }
  expect(buildsIn(open)).toEqual([]);
  expect(buildsIn(linked)).toEqual([]);
  expect(buildsIn(led)).toEqual(['.keep']);
});
