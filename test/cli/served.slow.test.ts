import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServedProgram } from '../../generator/core/host.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { folderOf, root } from '../machine.ts';

/** A program that serves on a socket, and writes down where, and its process. */
const PROGRAM = `#!/usr/bin/env node
const [socket, notes] = process.argv.slice(2);
const { writeFileSync } = require('node:fs');
if (socket === 'refuse') { console.error('first\\nit has no context'); process.exit(1); }
require('node:http').createServer((asked, answer) => {
  if (asked.url === '/slow') return;
  answer.setHeader('content-type', 'text/plain').end(asked.method + asked.url + asked.headers.accept);
}).listen(socket, () => {
  writeFileSync(notes, JSON.stringify({ pid: process.pid, socket }));
  console.log('Starting to serve');
});
`;

function program(): { readonly folder: string; readonly file: string; readonly notes: string } {
  const folder = folderOf({ program: PROGRAM });
  const file = join(folder, 'program');
  chmodSync(file, 0o755);
  return { folder, file, notes: join(folder, 'notes') };
}

interface Notes {
  readonly pid: number;
  readonly socket: string;
}

async function gone({ pid, socket }: Notes): Promise<void> {
  await expect.poll(() => isRunning(pid) || existsSync(socket), { timeout: 600_000 }).toBe(false);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a program is asked on a socket of our own, and ends when it is stopped', async () => {
  const { folder, file, notes } = program();
  const served: ServedProgram = await nodeHost(folder).serve(file, socket => [socket, notes]);
  const { status, text, date } = await served.get('/a?b', 'text/plain');
  expect({ status, text }).toEqual({ status: 200, text: 'GET/a?btext/plain' });
  expect(Date.parse(date ?? '')).not.toBeNaN();
  const found = JSON.parse(readFileSync(notes, 'utf8')) as Notes;
  expect(isRunning(found.pid)).toBe(true);
  served.stop();
  await gone(found);
  await expect(served.get('/a', '')).rejects.toMatchObject({ name: 'HostError' });
});

test('it ends with us, whatever ends us', async () => {
  const { folder, file, notes } = program();
  const code = `
    import { nodeHost } from '${join(root, 'generator/shell/host.ts')}';
    const served = await nodeHost('${folder}').serve('${file}', socket => [socket, '${notes}']);
    process.stdout.write('up');
    setTimeout(() => served.stop(), 1e9);`;
  const us = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise(done => us.stdout.once('data', done));
  const found = JSON.parse(readFileSync(notes, 'utf8')) as Notes;
  us.kill('SIGKILL');
  await gone(found);
});

test.for([
  ['program', 'does not serve: it has no context'],
  ['absent', 'absent is not installed'],
] as const)('why %s does not serve is said', async ([name, words]) => {
  const { folder } = program();
  const serving = nodeHost(folder).serve(join(folder, name), () => ['refuse', '']);
  await expect(serving).rejects.toMatchObject({
    name: 'HostError',
    message: expect.stringContaining(words),
  });
});
