import fc from 'fast-check';
import { load } from 'js-yaml';
import { readText } from '../machine.ts';

/*
 * Texts out of the corners of YAML in which readers differ: line breaks, markers, byte order marks, directives, tabs,
 * escapes, merges, tags, odd and repeated names, aliases, blocks with indicators, booleans and numbers of YAML 1.1.
 */

type Corner = 'oddTexts' | 'plain' | 'quoted' | 'blocks' | 'names' | 'flows' | 'markers';

const TEXTS = load(readText(import.meta.dirname, 'corners.yaml')) as Readonly<
  Record<Corner, readonly string[]>
>;

const BREAKS = ['\r\n', '\r', '\u0085', '\u2028', '\u2029'];

const scalar = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'b', '1', '"x"', 'true') },
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS.plain) },
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS.quoted) },
  { weight: 2, arbitrary: fc.constantFrom(...TEXTS.blocks) },
  { weight: 1, arbitrary: fc.constantFrom(...TEXTS.oddTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) },
);

const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j') },
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS.names) },
);

const property = fc.oneof(
  { weight: 40, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('&a ', '&b ', '!!str ', '!x ', '&a !!str ', '!!str &b ', '&a.b '),
  },
);

const behind = fc.oneof(
  { weight: 40, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(' # c', ' ', '\t', '\t# c', ' #\tc', '#c', ' # \u2028d: 1'),
  },
);

/** The lines of a value below an entry, without its indentation. */
const { value } = fc.letrec<{ value: string; map: string; list: string; flow: string }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 5, arbitrary: fc.tuple(property, scalar, behind).map(parts => ` ${parts.join('')}`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(property, tie('map'), behind)
        .map(([p, map, b]) => ` ${p}${b}\n${map}`.replace(/^ \n/, '\n')),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(property, tie('list'), behind)
        .map(([p, list, b]) => ` ${p}${b}\n${list}`.replace(/^ \n/, '\n')),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(property, tie('flow'), behind).map(parts => ` ${parts.join('')}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(' *a', ' *b', '') },
  ),
  map: fc
    .array(fc.tuple(name, tie('value')), { minLength: 1, maxLength: 4 })
    .chain(entries =>
      fc
        .constantFrom(...Array<string>(20).fill('  '), ' ', '    ', '\t')
        .map(indent => entries.map(([key, text]) => lines(`${key}:${text}`, indent)).join('\n')),
    ),
  list: fc
    .array(tie('value'), { minLength: 1, maxLength: 3 })
    .chain(items =>
      fc
        .constantFrom('', '  ', '  ')
        .map(indent => items.map(text => lines(`-${text}`, indent)).join('\n')),
    ),
  flow: fc.oneof(
    fc
      .array(fc.tuple(name, scalar), { maxLength: 3 })
      .map(entries => `{${entries.map(([key, text]) => `${key}: ${text}`).join(', ')}}`),
    fc.array(fc.oneof(scalar, name), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
    fc.constantFrom(...TEXTS.flows),
  ),
}));

function lines(text: string, indent: string): string {
  return indent + text.replaceAll(/\n(?=[^\n])/g, `\n${indent}`);
}

const head = fc.constantFrom('apiVersion: v1\nkind: A\n', '', 'kind: B\n');

/** Maps with anchors, and what merges them. */
const merged = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('*a', '[*a, *b]', '*b', '[*a]', '[*b, *a]', '{a: 1}', '', '[]', '*c', '[*c]')
      .map(from => `x: &a { a: 1, b: [x] }\nw: &b\n  a: 2\n  c: 3\nz: &c 1\n<<: ${from}\n`),
  },
);

const document = fc
  .tuple(head, merged, fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }), merged)
  .map(
    ([first, before, entries, behind]) =>
      `${first}${before}${entries.map(([key, text]) => `${key}:${text}`).join('\n')}\n${before === '' ? behind : ''}`,
  );

const marker = fc.oneof(
  { weight: 30, arbitrary: fc.constant('---\n') },
  { weight: 1, arbitrary: fc.constantFrom(...TEXTS.markers) },
);

const stream = fc
  .tuple(
    fc.constantFrom('', '', '---\n', '\ufeff', '# c\n', '\n'),
    fc.array(fc.tuple(document, marker), { minLength: 1, maxLength: 3 }),
  )
  .map(
    ([start, parts]) =>
      start +
      parts.map(([text, end], at) => (at === parts.length - 1 ? text : text + end)).join(''),
  );

/** A text, perhaps with something put in at a place, taken out, or with other line breaks. */
export const cornerText: fc.Arbitrary<string> = fc
  .tuple(
    stream,
    fc.constantFrom(
      'none',
      'none',
      'none',
      'none',
      'none',
      'put in',
      'take out',
      'break',
      'breaks',
      'no end',
      'double',
    ),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(...TEXTS.oddTexts, ...BREAKS),
    fc.constantFrom(...BREAKS),
  )
  .map(([text, change, where, odd, lineBreak]) => {
    const at = Math.floor(where * text.length);
    const line = text.indexOf('\n', at);
    if (change === 'put in') return text.slice(0, at) + odd + text.slice(at);
    if (change === 'take out') return text.slice(0, at) + text.slice(at + 1);
    if (change === 'break' && line >= 0)
      return text.slice(0, line) + lineBreak + text.slice(line + 1);
    if (change === 'breaks') return text.replaceAll('\n', '\r\n');
    if (change === 'no end') return text.trimEnd();
    if (change === 'double' && line >= 0) return text.slice(0, line + 1) + text.slice(at);
    return text;
  });
