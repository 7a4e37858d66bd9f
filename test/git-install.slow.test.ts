import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloneTo } from './clone.ts';
import { folderOf, output, run } from './machine.ts';

// Without -g npm itself installs what the build needs, and the rest is the same.
test('npm install -g git+… builds the program, and leaves no links that lead nowhere', () => {
  const [source, prefix] = [folderOf([]), folderOf([])];
  cloneTo(source);
  const install = ['install', '-g', '--prefer-offline', '--prefix', prefix, `git+file://${source}`];
  output('npm', install, { cwd: prefix });
  expect(lstatSync(join(prefix, 'lib/node_modules/rem-secrets')).isDirectory()).toBe(true);
  const env = { PATH: `${join(prefix, 'bin')}:${process.env['PATH']}` };
  const version = run('rem-secrets', ['--version'], { cwd: prefix, env });
  expect(version).toMatchObject({ status: 0, stderr: '' });
  const page = run('rem-secrets', ['lint', '--explain', 'unknown-secret'], { cwd: prefix, env });
  expect(page).toMatchObject({ status: 0, stderr: '' });
});
