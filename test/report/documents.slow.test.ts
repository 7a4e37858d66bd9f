import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, remembering, root, runMain } from '../machine.ts';
import { casesIn, expectDocument } from './documents.ts';
import { faultsOfPlaces, textBelow } from './told-places.ts';

/** The places of what lint prints that are not there, or do not hold what they are said to hold. */
async function offendersIn(folder: string, path: string): Promise<string[]> {
  const { stdout } = await runMain(folder, ['--format', 'json', 'lint', path], '', remembering);
  expectDocument('lint', stdout);
  return faultsOfPlaces(JSON.parse(stdout), ({ file }) => textBelow(folder, file));
}

function copyOf(tree: string): string {
  const paths = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  const files = paths.filter(path => statSync(join(tree, path)).isFile());
  return folderOf(files.map(path => [path, readFileSync(join(tree, path))] as const));
}

test.for(casesIn('test/lint/rules'))('%s: each place has what its finding names', async path => {
  const folder = copyOf(join(root, path));
  const bad = existsSync(join(folder, 'bad.yaml')) ? 'bad.yaml' : 'bad';
  expect(await offendersIn(folder, bad)).toEqual([]);
});

/** Of a chart alone nothing is read. */
const worlds = casesIn('test/world').filter(path => !path.endsWith('/chart-named'));

test.for(worlds)('%s: each place has what its finding names', async path => {
  expect(await offendersIn(copyOf(join(root, path, 'tree')), '.')).toEqual([]);
});

test.for(casesIn('test/errors'))('%s: its findings are a document', async path => {
  const folder = copyOf(join(root, path));
  const file = join(folder, 'args.txt');
  const args = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : ['expand'];
  expectDocument('findings', (await runMain(folder, ['--format', 'json', ...args])).stdout);
});
