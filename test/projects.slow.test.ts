import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { output, root } from './machine.ts';

const folder = join(root, 'test');

/** The files that have tests, whatever they are named. */
const withTests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .filter(file => /^(?:test|it|describe)[.(<]/m.test(readFileSync(join(folder, file), 'utf8')))
  .sort();

/** `make test`, and what needs more than it: `make installed`, `make parliament`, `make helm` and `make e2e`. */
const configs = [
  'vitest.config.ts',
  'test/operate/parliament/vitest.config.ts',
  'test/helm/vitest.config.ts',
  'test/installed/vitest.config.ts',
  'test/e2e/vitest.config.ts',
];

/** The files that vitest runs with a config, by its own word. */
function filesOf(config: string): string[] {
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['list', '--filesOnly', '--json', '--config', config];
  const listed = JSON.parse(output(process.execPath, [program, ...args])) as { file: string }[];
  return listed.map(({ file }) => relative(folder, file));
}

test('every file with tests is run, by one config', () =>
  expect(configs.flatMap(filesOf).sort()).toEqual(withTests));
