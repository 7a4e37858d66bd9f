import { expect, test } from 'vitest';
import { resultKeys } from '../../generator/kinds/eso/external-secret-spec.ts';

const fetched = { keys: new Set(['token']), isOpen: false };

/** The keys that a literal under templateFrom makes; undefined: they are not known. */
function keysOf(literal: string, more: object = {}): string[] | undefined {
  const { keys, isOpen } = resultKeys({ templateFrom: [{ literal, ...more }] }, fetched);
  return isOpen ? undefined : [...keys].sort();
}

test('each line of a literal at its beginning is a key', () => {
  expect(keysOf('url: https://{{ .token }}.example')).toEqual(['url']);
  expect(keysOf('# all\na: 1\n"b.c": |\n  x: y\n\n\'d\': {{ .token }}\n')).toEqual([
    'a',
    'b.c',
    'd',
  ]);
  expect(keysOf('a:\n  {{- .token | nindent 2 }}\n')).toBeUndefined();
});

test.for([
  '{{ .token | toYaml }}',
  'a: 1\n{{ range $k, $v := . }}{{ $k }}: x\n{{ end }}',
  '{"a": 1}',
  '- a',
  '{{ .token }}: 1',
])('%s may make any keys', literal => {
  expect(keysOf(literal)).toBeUndefined();
});

test('what is fetched stays beside it only with mergePolicy Merge', () => {
  const template = { mergePolicy: 'Merge', templateFrom: [{ literal: 'url: {{ .token }}' }] };
  expect([...resultKeys(template, fetched).keys].sort()).toEqual(['token', 'url']);
});

test('what does not go into the data makes no key', () => {
  expect(keysOf('team: shop', { target: 'Labels' })).toEqual([]);
  expect(keysOf('a: 1', { target: 'spec.values' })).toBeUndefined();
});
