import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { main } from '../../../generator/main.ts';
import { nodeHost } from '../../../generator/shell/host.ts';
import { withLock } from '../../../generator/shell/lock.ts';
import { exits, folderOf, readText, remSecrets, run, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { contentOf } from '../repository.ts';

const spec = specOf('namespace: shop\nworkloads:\n  web: { image: "example/web:1", port: 80 }');
const lock = '.rem-secrets-writing';
const token = '0123456789abcdef';

function recordOf(pid: number, since: number, host: string = hostname()): string {
  return [pid, since, token, encodeURIComponent(host)].join('@');
}

function lockedBy(record: string): string {
  return folderOf({
    'rem-secrets.yaml': spec,
    [`${lock}/${record}`]: '',
    [`${lock}/.gitignore`]: '*\n',
    [`${lock}/${token}/new/base/namespace-shop.yaml`]: 'half',
  });
}

function living(): ChildProcess & { readonly pid: number } {
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill());
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep does not start');
  return Object.assign(child, { pid });
}

const dead = (): number => spawnSync('true').pid;

async function expectWhole(folder: string): Promise<void> {
  expect(await runMain(folder, 'expand')).toEqual({
    status: 0,
    stdout: '',
    stderr: '5 files, 5 changed\n',
  });
  expect(readdirSync(folder).sort()).toEqual(['base', 'rem-secrets.yaml']);
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 0, stdout: '' });
}

const minute = 60_000;

test.for<[what: string, record: () => string]>([
  ['a process that has ended', () => recordOf(dead(), Date.now())],
  ['a process before the last start of the machine', () => recordOf(process.pid, 0)],
  ['one whose number another process has', () => recordOf(living().pid, Date.now() - 2 * minute)],
  ['a time to come', () => recordOf(living().pid, Date.now() + 60 * minute)],
  ['another machine, long ago', () => recordOf(1, Date.now() - 2 * minute, 'build-3')],
])('the lock of %s is taken over without a word', async ([, record]) => {
  await expectWhole(lockedBy(record()));
});

test.for<[what: string, record: () => string, holder: RegExp]>([
  [
    'a process of this machine',
    () => recordOf(living().pid, Date.now()),
    new RegExp(`^process \\d+ on ${hostname()} has been writing here since 20[^ ]+Z; run again`),
  ],
  [
    'a process of another machine',
    () => recordOf(1, Date.now(), 'build 3'),
    /^process 1 on build%203 has been writing here since 20[^ ]+Z; run again/,
  ],
])('who waits for %s is told who writes', ([, record, holder]) => {
  const folder = lockedBy(record());
  expect(() => withLock(folder, () => 'in', 1)).toThrow(holder);
  expect(readText(folder, lock, token, 'new/base/namespace-shop.yaml')).toBe('half');
});

test('the command says it in one line and exits 2', () => {
  const folder = lockedBy(recordOf(living().pid, Date.now()));
  const { status, stdout, stderr } = run(remSecrets, ['expand'], { cwd: folder });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^rem-secrets: process \d+ on .+\n$/);
  expect(existsSync(join(folder, 'base'))).toBe(false);
});

test('an empty folder is no lock', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec });
  mkdirSync(join(folder, lock));
  await expectWhole(folder);
});

describe('what is not as a run makes it stays, and is named in one line', () => {
  test.for<[what: string, make: (place: string) => void]>([
    ['an empty file', place => writeFileSync(place, '')],
    ['a file', place => writeFileSync(place, `${recordOf(1, Date.now())}\n`)],
    ['a link', place => symlinkSync('..', place)],
    ['a link that leads nowhere', place => symlinkSync('nowhere', place)],
    ['a folder with a file', place => folderWith(place, ['notes'])],
    ['a folder with a record and a file', place => folderWith(place, [recordOf(1, 0), 'notes'])],
    ['a folder with two records', place => folderWith(place, [recordOf(1, 0), recordOf(2, 0)])],
  ])('%s', ([, make]) => {
    const folder = folderOf({ 'rem-secrets.yaml': spec });
    make(join(folder, lock));
    const before = contentOf(folder);
    expect(exits(2, run(remSecrets, ['expand'], { cwd: folder })).stderr).toBe(
      `rem-secrets: ${lock} is in the way, and rem-secrets did not make it: move it away, or delete it\n`,
    );
    expect(contentOf(folder)).toEqual(before);
  });

  function folderWith(place: string, names: readonly string[]): void {
    mkdirSync(place);
    for (const name of names) writeFileSync(join(place, name), '');
  }
});

test('what runs left that died before they had the lock goes, what people named alike stays', async () => {
  const [ended, alive] = [recordOf(dead(), Date.now()), recordOf(living().pid, Date.now())];
  const folder = folderOf({
    'rem-secrets.yaml': spec,
    [`${lock}-${ended}/${ended}`]: '',
    [`${lock}-${ended}/.gitignore`]: '*\n',
    [`${lock}-${alive}/${alive}`]: '',
    [`${lock}-notes/${ended}`]: 'mine',
    [`${lock}-${recordOf(1, 0)}/mine`]: 'mine',
  });
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  expect(readdirSync(folder).filter(name => name.startsWith(lock))).toEqual(
    [`${lock}-${recordOf(1, 0)}`, `${lock}-${alive}`, `${lock}-notes`].sort(),
  );
});

test('links in what a run staged are removed, not what they lead to', async () => {
  const folder = lockedBy(recordOf(dead(), Date.now()));
  const outside = folderOf({ file: 'outside' });
  symlinkSync(outside, join(folder, lock, token, 'new/base/link'));
  await expectWhole(folder);
  expect(readdirSync(outside)).toEqual(['file']);
});

test('a run that was taken for dead moves nothing in any more', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec });
  const late = (staging: string): void => {
    writeFileSync(join(staging, 'file'), 'late');
    const record = readdirSync(join(folder, lock)).find(name => name.includes('@')) ?? '';
    renameSync(join(folder, lock, record), join(folder, lock, recordOf(dead(), Date.now())));
    expect(run(remSecrets, ['expand'], { cwd: folder }).status).toBe(0);
    renameSync(join(staging, 'file'), join(folder, 'base/file'));
  };
  expect(() => withLock(folder, late)).toThrow(/took this one for dead/);
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 0, stdout: '' });
  expect(readdirSync(folder).sort()).toEqual(['base', 'rem-secrets.yaml']);
});

test('who has waited writes the tree of the spec that is there then', async () => {
  const folder = lockedBy(recordOf(living().pid, Date.now()));
  const host = nodeHost(folder);
  let reads = 0;
  const readFile = (path: string): Uint8Array => {
    const bytes = host.readFile(path);
    reads += 1;
    if (reads === 1) {
      writeFileSync(join(folder, 'rem-secrets.yaml'), spec.replace('web:1', 'web:2'));
      rmSync(join(folder, lock), { recursive: true });
    }
    return bytes;
  };
  expect(await main(['expand'], { ...host, readFile, stderr: () => undefined })).toBe(0);
  expect(readText(folder, 'base/deployment-web.yaml')).toContain('web:2');
});

test('a run without changes takes no lock, and --check none at all', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec });
  await runMain(folder, 'expand');
  writeFileSync(join(folder, 'rem-secrets.yaml'), `${spec}# a comment\n`);
  mkdirSync(join(folder, lock));
  writeFileSync(join(folder, lock, recordOf(living().pid, Date.now())), '');
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 0 });
});

test('files that go while they are looked at are gone', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec });
  await runMain(folder, 'expand');
  const line =
    'while [ -e ../on ]; do cp service-web.yaml web.yaml; mkdir a; cp web.yaml a; rm -r a web.yaml; done';
  writeFileSync(join(folder, 'on'), '');
  const child = spawn('sh', ['-c', line], { cwd: join(folder, 'base') });
  onTestFinished(async () => {
    rmSync(join(folder, 'on'));
    await once(child, 'exit'); // Or it still writes where the folder is removed.
  });
  for (let round = 0; round < 300; round++) {
    const { status, stderr } = await runMain(folder, 'expand --check');
    expect({ isDone: status === 0 || status === 1, stderr }).toEqual({
      isDone: true,
      stderr: expect.stringMatching(/^(\d files differ; .*\n)?$/),
    });
  }
});

test('git sees nothing of a run that was killed', () => {
  const folder = lockedBy(recordOf(dead(), Date.now()));
  run('git', ['init', '-q'], { cwd: folder });
  const { stdout } = run('git', ['status', '--porcelain', '-uall'], { cwd: folder });
  expect(stdout).toBe('?? rem-secrets.yaml\n');
});
