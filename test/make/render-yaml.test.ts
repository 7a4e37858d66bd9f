import fc from 'fast-check';
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { expect, test } from 'vitest';
import type { Json } from '../../generator/core/json.ts';
import { renderValue } from '../../generator/yaml/write.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { folderOf, kustomizeBuild } from '../machine.ts';

/** Words that YAML 1.1 or 1.2 takes for something else than text, and texts that need care. */
const awkward = [
  '', ' ', '~', 'null', 'NULL', 'true', 'False', 'yes', 'NO', 'on', 'Off', 'y', 'N', '=', '<<',
  '0', '-1', '+1', '012', '0o14', '0x1F', '0b11', '1_000', '1e3', '1.0', '.5', '.inf', '-.INF',
  '.nan', '190:20:30', '2024-01-01', '2024-01-01T00:00:00Z', '16.10', '1.2.3', '10Gi', '5m0s',
  '0.3.0', '- a', '-', '?', ': ', 'a: b', 'a:', 'a #b', '#a', '&a', '*a', '!a', '%a', '@a', '`a',
  '|', '>', '{a}', '[a]', ',a', '"a"', "'a'", "it's", 'a\nb', 'a\n', 'a\n\n', '\na', ' a\nb',
  'a \nb', 'a\n  b\n', '\t', 'a\tb', 'a\\b', '\u0000', '\u007f', '\u0085', '\u2028', '\ufeff',
  'ü', '日本', '🔑', '/health', '$(A)', '$' + '{env:A}', '{{ .a }}', 'Bearer x',
  'http://a:80/b?c=d#e', '--flag', '---', '...', 'a---b', '__proto__', '.', '..', '.a',
]; // biome-ignore format: a table

test.for(awkward)('%j comes back as it was, as value, key and item', text => {
  const value = { [text]: text, list: [text, { [text]: [text] }], after: 'x' };
  for (const schema of [CORE_SCHEMA, YAML11_SCHEMA])
    expect(load(renderValue(value), { schema })).toEqual(value);
});

test('any JSON value comes back as it was', async () =>
  await hold('JSON as YAML', 500, [fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })], value => {
    const text = JSON.stringify(value);
    expect(JSON.stringify(load(renderValue(JSON.parse(text) as Json)))).toBe(text);
  }));

test('kustomize reads the same texts', () => {
  const texts = awkward.filter(
    text => !['\u0000', '\u007f', '\u0085', '\u2028', '\ufeff'].includes(text),
  );
  const data = Object.fromEntries(texts.map((text, index) => [`k${index}`, text]));
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'awkward' }, data };
  const folder = folderOf([
    ['object.yaml', renderValue(object)],
    ['kustomization.yaml', 'resources: [object.yaml]\n'],
  ]);
  expect(kustomizeBuild(folder)).toEqual([object]);
});
