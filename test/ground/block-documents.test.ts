import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockDocuments } from '../../generator/yaml/block-reader.ts';
import { parseStream } from '../../generator/yaml/parse.ts';
import { hold } from '../hostile/fuzz/hold.ts';

/** A comment with a tab in it, which means nothing and is left to the parser. */
const FOR_THE_PARSER = '#\t\n';

test('a tab is left to the parser', () => {
  expect(blockDocuments(`a: b\n${FOR_THE_PARSER}`)).toBeUndefined();
  expect(parseStream(`a: b\n${FOR_THE_PARSER}`).value).toEqual([{ a: 'b' }]);
});

test.for([
  ['\n', []],
  ['a: b\n', [{ a: 'b' }]],
  ['# of\n---\n# comments\n---\n---\n', [null, null, null]],
  ['a:\nb: # none\n', [{ a: null, b: null }]],
  [
    'a:\n- b: 1\n  c:\n  - d\n-\n- - e\n  -   f: g\n      h: i\n',
    [{ a: [{ b: 1, c: ['d'] }, null, ['e', { f: 'g', h: 'i' }]] }],
  ],
  ['a: "x: #y"  # z\nb: \'x\'\nc: ""\n', [{ a: 'x: #y', b: 'x', c: '' }]],
  [
    'a: 0644\nb: true\nc: 1h\nd: -1.5\ne: ~\nf: 2020-01-01\n',
    [{ a: 420, b: true, c: '1h', d: -1.5, e: null, f: '2020-01-01' }],
  ],
  ['a: http://b:8080/#c\nd: e, [f] {g}#h # i\n', [{ a: 'http://b:8080/#c', d: 'e, [f] {g}#h' }]],
  [
    'a: |\n   b\n     c: d\n\n   # e\n   \n\nf: |-\n  g\n\n#h\ni: {}\nj: []\n',
    [{ a: 'b\n  c: d\n\n# e\n', f: 'g', i: {}, j: [] }],
  ],
  [
    'a: { b: c, d.e/f: [g, "h, i", {}] } # j\nk:\n- {l: -1}\n- [[], [ m ,o], $(O)]\n',
    [{ a: { b: 'c', 'd.e/f': ['g', 'h, i', {}] }, k: [{ l: -1 }, [[], ['m', 'o'], '$(O)']] }],
  ],
] as const)('%j is in blocks', ([text, value]) => {
  expect(blockDocuments(text)).toEqual(value);
  expect(parseStream(text + FOR_THE_PARSER).value).toEqual(value);
});

test.each(['x ', '=#'])('a line of ten million characters is read: %j', piece => {
  const text = `${piece.repeat(10_000_000 / piece.length)}x`;
  expect(blockDocuments(`a: ${text}\n`)).toBeUndefined();
  expect(parseStream(`a: ${text}\n`).value?.[0] as object).toHaveProperty('a');
});

test.each(['x ', '=#', ':x'])('a line of ninety thousand characters is in blocks: %j', piece => {
  const text = `x${piece.repeat(90_000 / piece.length)}x`;
  expect(blockDocuments(`a: ${text}\nb: c\n`)).toEqual([{ a: text, b: 'c' }]);
});

test.each([
  '{ a }',
  '{ a: }',
  '{a:b}',
  '{ "a": b }',
  '{ a: b, a: c }',
  '{ y: b }',
  '[a b]',
  '[a, ]',
  '[, a]',
  '[-]',
  '[a] b',
  '[a',
  '[&a b]',
  '{ a: b }: c',
  '["a": b]',
  '[yes]',
])('%s is left to the parser', text => expect(blockDocuments(`x: ${text}\n`)).toBeUndefined());

/** What lines are put together of: much of it has another meaning at another place. */
const PIECES = [
  'a: ', 'b:', 'a.b/c-d: ', '- ', '-', '---', '...', '|', '|-', '>', '? ', ': ', '&a ', '*a',
  '!!str ', 'a', 'yes', 'on: ', 'null', '~', '0644', '1e3', '-1', '.5', '12:30', '<<: ', '%', '@',
  '"', "'", '{}', '[]', '{', '}', ',', '#', ' #', '# c', ' ', '  ', '   ', "'x'", '"x"', "'it''s'",
  '"\\n"', 'é', '-x', ':x', '=', '__proto__: ',
]; // biome-ignore format: a table

/** What is put together in brackets. */
const IN_BRACKETS = [
  '{', '{ ', '}', ' }', '[', '[ ', ']', ' ]', ',', ', ', ' ,', 'a: ', 'b: ', 'c.d/e: ', 'y: ', 'a:', "'x'", '"x"',
  '"y": ', 'f', 'g', '-1', '-', '--h', '0644', 'yes', 'null', '~', '.5', '1e3', '$(I)', ' ', ':', ':j', 'k:', '?',
  '#', ' # l', '*m', '&n ', '!!str ', '|', '%', '@', '=', '<<: ', '{}', '[]', "'it''s'", '\\', '(', ')', '2020-01-01',
]; // biome-ignore format: a table

const inBrackets = fc
  .tuple(
    fc.constantFrom('a: {', 'a: [', '- {', '- [', '  b: {', 'a:\n- ['),
    fc.array(fc.constantFrom(...IN_BRACKETS), { maxLength: 8 }),
    fc.constantFrom('}', ']', ' }', ']}', '}]', '', ' # c', '}\nb: c'),
  )
  .map(([start, pieces, end]) => `${start}${pieces.join('')}${end}\n`);

const line = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }))
  .map(([indent, pieces]) => `${' '.repeat(indent)}${pieces.join('')}\n`);

const texts = fc.oneof(
  fc.array(line, { minLength: 1, maxLength: 6 }),
  fc.array(inBrackets, { minLength: 1, maxLength: 2 }),
);

test('what it reads, the parser reads alike', async () =>
  await hold('blocks', 10_000, [texts], lines => {
    const text = lines.join('');
    const value = blockDocuments(text);
    if (value === undefined) return;
    expect(parseStream(text + FOR_THE_PARSER)).toEqual({ value, faults: [] });
  }));
