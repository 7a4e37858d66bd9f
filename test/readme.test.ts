import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, run, tool } from './machine.ts';
import { findingsIn } from './spec-text.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The code blocks of a language. */
function blocks(language: string): string[] {
  const fence = '`'.repeat(3);
  const parts = readme.split(`${fence}${language}\n`).slice(1);
  return parts.map(part => part.slice(0, part.indexOf(`\n${fence}`) + 1));
}

const commands = blocks('sh')
  .flatMap(block => block.split('\n'))
  .map(line => line.replace(/\s+#.*$/, '').trim())
  .filter(line => line !== '');

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
  const [spec = ''] = blocks('yaml').filter(text => text.includes('kind: RemSecrets'));
  expect(findingsIn(spec)).toEqual([]);
});
