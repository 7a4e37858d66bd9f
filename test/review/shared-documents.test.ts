import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseManifests, parseShared } from '../../generator/yaml/parse.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { root } from '../machine.ts';

const streams = readdirSync(join(root, 'test/lint/rules'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.yaml'))
  .map(file => readFileSync(join(root, 'test/lint/rules', file), 'utf8'));

test('the files of the rules read the same as without sharing', () => {
  for (const text of streams) expect(parseShared(text)).toEqual(parseManifests(text));
});

const LINES = [
  '---', '--- # comment', '--- {a: 1}', '----', '...', '%YAML 1.2', '# comment', '', 'a: 1',
  'b: |', 'c: |+', '  ---', '  text', '- c', '  - c', '  a: 1', '  |', '  [a,', 'b]', "  'a",
  "b'", '  # comment', '  !!binary |', 'YQ==', 'a: "open', '&x d: *x',
]; // biome-ignore format: a table

test('any lines read the same as without sharing', async () => {
  const line = fc.constantFrom(...LINES);
  await hold(
    'shared documents',
    2000,
    [fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.boolean()],
    (lines, end, cut) => {
      const text = lines
        .map(part => `${part}${end}`)
        .join('')
        .slice(0, cut ? -end.length : undefined);
      expect(parseShared(text)).toEqual(parseManifests(text));
    },
  );
});

test.for([
  '---\n  text\n- c\n',
  '---\n  [a,\nb]\n',
  '---\n# comment\n\n  {a: 1,\nb: 2}\n',
  '  text\n- c\n---\na: 1\n',
  '---\n  |\n text\n',
])('a document that begins indented reads the same: %j', text => {
  expect(parseShared(text)).toEqual(parseManifests(text));
});

test('a document that both streams have is one value', () => {
  const streams = ['a: 1\n---\nb: 1\n', 'b: 2\n---\na: 1\n---\n'] as const;
  const [a] = parseShared(streams[0]).value ?? [];
  const [, b] = parseShared(streams[1]).value ?? [];
  expect(a).toEqual({ a: 1 });
  expect(b).toBe(a);
});
