import { chmodSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run, RunOptions } from '../../generator/core/host.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { folderOf, root, run } from '../machine.ts';

const host = nodeHost(root);

function shell(script: string, options?: RunOptions): Promise<Run> {
  return host.run('/bin/sh', ['-c', script], options);
}

test.for<[script: string, run: Run]>([
  ['echo a; echo b >&2', { status: 'ok', stdout: 'a\n', stderr: 'b\n' }],
  ['echo a; exit 3', { status: 'failed', stdout: 'a\n', stderr: '' }],
  ['cat', { status: 'ok', stdout: '', stderr: '' }],
  ['true <&3', { status: 'failed', stdout: '', stderr: expect.stringContaining('3') }],
])('%s', async ([script, outcome]) => expect(await shell(script)).toEqual(outcome));

test('a program that is not there', async () => {
  expect((await host.run('/nonexistent', [])).status).toBe('absent');
  expect(host.runNow('/nonexistent', []).status).toBe('absent');
});

test('its input, its environment and its bytes are those that are asked for', async () => {
  const options = { input: 'in', env: { WORD: 'ours' } };
  expect(await shell('cat; echo $WORD$HOME', options)).toMatchObject({ stdout: 'inours\n' });
  expect(host.runNow('/bin/sh', ['-c', 'cat; echo $WORD$HOME'], options).stdout).toBe('inours\n');
  expect((await shell('printf "\\303\\244"', { isBinary: true })).stdout).toBe('\u00c3\u00a4');
  const unread = 'x'.repeat(1_000_000);
  expect(await shell('exit 0', { input: unread })).toMatchObject({ status: 'ok' });
  expect(host.runNow('/bin/sh', ['-c', ''], { input: unread })).toMatchObject({ status: 'ok' });
});

test.for<[script: string, limits: RunOptions['limits'], run: Partial<Run>]>([
  ['while :; do :; done', { seconds: 1 }, { status: 'too long', limit: '1 s of one processor' }],
  ['yes', { output: 1 }, { status: 'too large', limit: '1 MB of output' }],
  ['yes >&2', { output: 1 }, { status: 'too large', limit: '1 MB of output' }],
  ['kill -9 $$', { memory: 2048 }, { status: 'too large', limit: '2 GB of memory' }],
  [
    'echo "fatal error: runtime: out of memory" >&2; exit 2',
    { memory: 100 },
    { status: 'too large', limit: '100 MB of memory' },
  ],
])('%s ends at a limit', async ([script, limits = {}, outcome]) => {
  expect(await shell(script, { limits })).toMatchObject({ ...outcome, stdout: '' });
  if (!script.includes('>&2'))
    expect(host.runNow('/bin/sh', ['-c', script], { limits })).toMatchObject(outcome);
});

test('memory that it does not get is refused, and what a person sets counts for all programs', async () => {
  const script = 'ulimit -t; ulimit -v';
  expect((await shell(script)).stdout).toBe('120\n4194304\n');
  const limited = nodeHost(root);
  limited.limit({ seconds: 7, memory: 2048 });
  expect((await limited.run('/bin/sh', ['-c', script])).stdout).toBe('7\n2097152\n');
  expect(limited.below('test').runNow('/bin/sh', ['-c', script]).stdout).toBe('7\n2097152\n');
});

test('what a program leaves behind ends with it', async () => {
  const folder = folderOf();
  await shell(`sleep 1000 & echo $! >${folder}/pid`);
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  const isThere = (): boolean => run('ps', ['-p', String(pid)]).status === 0;
  await expect.poll(isThere, { timeout: 600_000 }).toBe(false);
});

test('each program has its own outcome, whichever is over first', async () => {
  const scripts = ['sleep 0.2; echo 0', 'echo 1', 'echo 2', 'echo 3', 'echo 4'];
  const runs = await Promise.all(scripts.map(script => shell(script)));
  expect(runs.map(({ stdout }) => stdout)).toEqual(['0\n', '1\n', '2\n', '3\n', '4\n']);
});

/** A program that stays: its answers are what the script prints, which knows what it is asked as `$asked`. */
function residentOf(script: string): string {
  const folder = folderOf({ resident: `#!/bin/sh\nwhile read -r asked; do\n${script}\ndone\n` });
  chmodSync(join(folder, 'resident'), 0o755);
  return join(folder, 'resident');
}

function ask(resident: string, asked: string, limits?: RunOptions['limits']): Promise<Run> {
  return host.run('/bin/echo', [asked], { resident, ...(limits && { limits }) });
}

test('a program that stays is asked again, and as many are started as are asked at once', async () => {
  const resident = residentOf('printf "ok 30 2\\n%-30sé" "$$ $asked"');
  const first = await ask(resident, 'a');
  expect(first).toMatchObject({ status: 'ok', stderr: 'é' });
  expect(first.stdout).toMatch(/^\d+ \{"args":\["a"\]\} +$/);
  expect((await ask(resident, 'b')).stdout).toBe(first.stdout.replace('"a"', '"b"'));
  const many = await Promise.all([...'cdefghij'].map(asked => ask(resident, asked)));
  const started = new Set(many.map(({ stdout }) => stdout.split(' ')[0]));
  expect(started.size).toBe(Math.min(8, availableParallelism()));
});

test.for([
  ['that is not there', undefined, {}],
  ['that dies', 'exit 1', {}],
  ['that dies in an answer', 'printf "ok 5 0\\nabc"; exit 0', {}],
  ['that says something else', 'echo hello', {}],
  ['whose answer is too long', 'echo "ok 2000000 0"', { output: 1 }],
  ['that takes too long', 'while :; do :; done', { seconds: 1 }],
] as const)('for a program %s the usual one is started', async ([, script, limits]) => {
  const resident = script === undefined ? '/nonexistent' : residentOf(script);
  const usual = { status: 'ok', stdout: 'a\n', stderr: '' };
  expect(await ask(resident, 'a', limits)).toEqual(usual);
  expect(await ask(resident, 'a', limits)).toEqual(usual);
});

test('scratch folders are folders of their own', () => {
  const [one, other] = [host.scratchFolder(), host.scratchFolder()];
  one.writeFile('a/b.txt', 'b');
  other.writeFile('a/b.txt', 'c');
  expect(new TextDecoder().decode(one.readFile('a/b.txt'))).toBe('b');
});
