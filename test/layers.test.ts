import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
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
  'adopt',
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

test('README.md tells the stops in their order', () => {
  const [text = ''] =
    /^Two trunks[\s\S]*?\n\n/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  expect([...text.matchAll(/`([a-z]+)`/g)].map(([, folder]) => folder)).toEqual(LAYERS);
});

test.for(files)('%s imports only from above', file => {
  const own = LAYERS.indexOf(layerOf(file));
  for (const target of importsOf(file))
    expect(LAYERS.indexOf(layerOf(target)), `${file} imports ${target}`).toBeLessThanOrEqual(own);
});

test('no file imports itself by way of others, be it for a type', () => {
  const open = new Map(files.map(file => [file, importsOf(file)]));
  for (let before = -1; before !== open.size; ) {
    before = open.size;
    const imported = new Set([...open.values()].flat());
    for (const [file, targets] of open)
      if (!imported.has(file) || !targets.some(target => open.has(target))) open.delete(file);
  }
  expect([...open.keys()], 'circles').toEqual([]);
});

test.for(files)('%s compares values with isSame', file => {
  // Node's own are modules that a short run has no time to load.
  expect(readFileSync(join(generator, file), 'utf8')).not.toMatch(/isDeepStrictEqual|'node:assert/);
});

/** AWS, and on a socket of our own the proxy of kubectl. */
const ASKS = /^cli\/(?:aws\/|host\/served\.ts$)/;

test.for(files.filter(file => !ASKS.test(file)))('%s asks no other machine', file => {
  const text = readFileSync(join(generator, file), 'utf8');
  expect(text).not.toMatch(/\bfetch\(|'node:(?:http|https|http2|net|tls|dgram|dns)'/);
});

/** The files of the program that a file imports, also as what `package.json` calls them. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(generator, file), 'utf8');
  return [...text.matchAll(/from '([.#][^']+)'/g)].flatMap(([, imported = '']) => {
    const path = imported.startsWith('#')
      ? relative('generator', meantBy(imported))
      : normalize(join(dirname(file), imported));
    return path.startsWith('..') ? [] : [path]; // package.json, or what the build makes
  });
}

/** What `package.json` has under a name, or under its folder for all in it. */
function meantBy(name: string): string {
  const all = packageJson.imports[name.replace(/[^/]+$/, '*')];
  return packageJson.imports[name] ?? all?.replace('*', basename(name)) ?? '..';
}

const packageJson: { readonly imports: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

function layerOf(file: string): string {
  return file.split('/')[0] ?? file;
}
