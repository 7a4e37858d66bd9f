import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloneTo } from '../clone.ts';
import { globalPrograms } from '../installed.ts';
import { folderOf, output } from '../machine.ts';

// Without -g npm itself installs what the build needs, and the rest is the same.
test('npm install -g git+… builds what a release packs, file for file', () => {
  const [source, prefix] = [folderOf(), folderOf()];
  cloneTo(source);
  const install = ['install', '-g', '--prefer-offline', '--prefix', prefix, `git+file://${source}`];
  output('npm', install, { cwd: prefix });
  const installed = join(prefix, 'lib/node_modules/rem-secrets');
  expect(lstatSync(installed).isDirectory(), 'no link that leads nowhere').toBe(true);
  expect(sumsOf(prefix)).toEqual(sumsOf(join(globalPrograms(), '..')));
});

/** Each file of an installation with its checksum, but the manifest, of which a release drops the scripts, and kept code. */
function sumsOf(prefix: string): string[] {
  const files = "find lib -type f ! -path '*/compiled/*' ! -path '*/rem-secrets/package.json'";
  const sums = output('sh', ['-c', `find bin -printf '%p %l\\n'; ${files} -exec sha256sum {} +`], {
    cwd: prefix,
  });
  return sums.split('\n').sort();
}
