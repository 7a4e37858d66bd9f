import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { cloneTo, linkBuilt } from './clone.ts';
import { lastingFolder, root, run, tool } from './machine.ts';
import { blocks, commandsIn } from './markdown-blocks.ts';
import { findingsIn } from './spec-text.ts';

const commands = commandsIn('README.md');

/** `.ci/run` runs these. */
const byCi = ['make render', 'make test'];

/** What the commands name of the tests: whoever names a file has all of its repository read. */
const named = commands.flatMap(command => command.match(/\btest\/[^\s=]+/g) ?? []);

/** What those take from beside them. */
const BESIDE = ['test/adopt/shop', 'test/plugin', 'test/validator'];

const clone = lastingFolder();
beforeAll(() => {
  cloneTo(clone, [...BESIDE, ...named]);
  linkBuilt(clone);
});

test.for(commands.filter(command => !byCi.includes(command)))('%s', command => {
  tool('kustomize');
  const { status, stdout, stderr } = run('sh', ['-c', command], { cwd: clone });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  if (!command.includes('--check')) expect(stdout).not.toBe('');
});

test('what the commands name is there', () => {
  expect(named.filter(path => !existsSync(join(clone, path)))).toEqual([]);
});

test('CI runs the commands that set everything up', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  expect(byCi.every(command => commands.includes(command))).toBe(true);
  expect(ci).toContain('make render test');
});

test('the spec of the README is right', () => {
  const [spec = ''] = blocks('README.md', 'yaml').filter(text => text.includes('kind: RemSecrets'));
  expect(findingsIn(spec)).toEqual([]);
});
