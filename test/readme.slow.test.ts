import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, run, tool } from './machine.ts';
import { blocks, commandsIn } from './markdown-blocks.ts';
import { findingsIn } from './spec-text.ts';

const commands = commandsIn('README.md');

/** `.ci/run` runs these. */
const byCi = ['make render', 'make test'];

test.for(commands.filter(command => !byCi.includes(command)))('%s', command => {
  tool('kustomize');
  const { status, stdout, stderr } = run('sh', ['-c', command]);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  if (!command.includes('--check')) expect(stdout).not.toBe('');
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
