import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './machine.ts';

/** The stops of the data, in order. A folder imports only from itself and from those before it. */
const LAYERS = [
  'ground',
  'kinds',
  'make',
  'read',
  'graph',
  'lint',
  'review',
  'operate',
  'report',
  'start',
  'cli',
];

const generator = join(root, 'generator');
const files = readdirSync(generator, { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.ts'),
);

test('every folder is a layer', () => {
  const folders = readdirSync(generator, { withFileTypes: true })
    .filter(entry => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map(entry => entry.name);
  expect([...folders].sort()).toEqual([...LAYERS].sort());
});

test.for(files)('%s imports only from above', file => {
  const own = LAYERS.indexOf(layerOf(file));
  for (const [, imported = ''] of readFileSync(join(generator, file), 'utf8').matchAll(
    /from '(\.[^']+)'/g,
  )) {
    const target = normalize(join(dirname(file), imported));
    if (target.startsWith('..')) continue; // package.json
    expect(LAYERS.indexOf(layerOf(target)), `${file} imports ${target}`).toBeLessThanOrEqual(own);
  }
});

function layerOf(file: string): string {
  return file.split('/')[0] ?? file;
}
