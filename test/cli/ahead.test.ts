import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aheadOf } from '../../generator/shell/ahead.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import type { Program } from '../../generator/shell/runner-data.ts';
import { folderOf, root } from '../machine.ts';

const shell = (script: string): Program => ({
  cwd: root,
  command: '/bin/sh',
  args: ['-c', script],
  options: { env: { WORD: 'ours' } },
});

test('each program gets its own outcome, whichever is over first', () => {
  const ahead = aheadOf(2);
  const scripts = ['sleep 0.2; echo 0', 'echo 1', 'echo 2 >&2; exit 3', 'echo $WORD', 'echo 4'];
  for (const script of scripts) ahead.start(shell(script));
  expect(scripts.map(script => ahead.take(shell(script)))).toEqual([
    { status: 0, stdout: '0\n', stderr: '' },
    { status: 0, stdout: '1\n', stderr: '' },
    { status: 3, stdout: '', stderr: '2\n' },
    { status: 0, stdout: 'ours\n', stderr: '' },
    { status: 0, stdout: '4\n', stderr: '' },
  ]);
});

test('nothing is handed out of a program that was not started, or just so, or could not be run', () => {
  const ahead = aheadOf(2);
  const absent = { ...shell('1'), command: '/nonexistent' };
  const killed = shell('kill -9 $$');
  for (const program of [absent, killed, shell('echo a'), shell('echo b')]) ahead.start(program);
  expect(ahead.take(shell('echo c'))).toBeUndefined();
  expect(ahead.take({ ...shell('echo a'), options: {} })).toBeUndefined();
  expect(ahead.take(absent)).toBeUndefined();
  expect(ahead.take(killed)).toBeUndefined();
  expect(ahead.take(shell('echo a'))).toMatchObject({ stdout: 'a\n' });
});

test('few programs, or those of a machine with one processor, are left to who asks for them', () => {
  for (const [lanes, count] of [
    [1, 8],
    [2, 3],
  ] as const) {
    const marks = folderOf([]);
    const ahead = aheadOf(lanes);
    const programs = Array.from({ length: count }, (_, index) => shell(`touch ${marks}/${index}`));
    for (const program of programs) ahead.start(program);
    for (const program of programs) expect(ahead.take(program)).toBeUndefined();
    expect(existsSync(join(marks, '0'))).toBe(false);
  }
});

test('a room is a folder of its own', () => {
  const host = nodeHost(root);
  const [one, other] = [host.scratchFolder(), host.scratchFolder()];
  one.writeFile('a/b.txt', 'b');
  other.writeFile('a/b.txt', 'c');
  expect(new TextDecoder().decode(one.readFile('a/b.txt'))).toBe('b');
});
