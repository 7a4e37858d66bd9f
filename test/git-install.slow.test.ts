import { cpSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, output, root, run } from './machine.ts';

/** This repository as it is now, with one commit. */
function repository(): string {
  const folder = folderOf([]);
  const files = output('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  for (const file of files.split('\0').filter(name => name !== '' && !name.startsWith('test/'))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { verbatimSymlinks: true });
  }
  const git = (...args: string[]): string =>
    output('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'All of it');
  return folder;
}

// Without -g npm itself installs what the build needs, and the rest is the same.
test('npm install -g git+… builds the program, and leaves no links that lead nowhere', () => {
  const [source, prefix] = [repository(), folderOf([])];
  const install = ['install', '-g', '--prefer-offline', '--prefix', prefix, `git+file://${source}`];
  output('npm', install, { cwd: prefix });
  expect(lstatSync(join(prefix, 'lib/node_modules/rem-secrets')).isDirectory()).toBe(true);
  const env = { PATH: `${join(prefix, 'bin')}:${process.env['PATH']}` };
  const version = run('rem-secrets', ['--version'], { cwd: prefix, env });
  expect(version).toMatchObject({ status: 0, stderr: '' });
  const page = run('rem-secrets', ['lint', '--explain', 'unknown-secret'], { cwd: prefix, env });
  expect(page).toMatchObject({ status: 0, stderr: '' });
});
