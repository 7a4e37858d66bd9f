import fc from 'fast-check';

/*
 * Texts out of the corners of YAML in which readers differ: line breaks, markers, byte order marks, directives, tabs,
 * escapes, merges, tags, odd and repeated names, aliases, blocks with indicators, booleans and numbers of YAML 1.1.
 */

const BREAKS = ['\r\n', '\r', '\u0085', '\u2028', '\u2029'];

const ODD_TEXTS = [
  ...['', ' ', '\t', '\ufeff', '\u00a0', '\u0000', '\u007f', '\u0080', 'é', '😀', '\ud83d'],
  ...[
    '# c',
    ' # c',
    '\t# c',
    '#c',
    ' #',
    '#\u2028x: 1',
    '# \u0085kind: X',
    '-',
    '- ',
    '- - ',
    '-\t',
  ],
  ...[
    '? ',
    '?',
    '? a\n: b',
    ': ',
    ':',
    ':\t',
    '{',
    '}',
    '[',
    ']',
    ', ',
    ',',
    '{}',
    '[]',
    '{a}',
    '[a: b]',
  ],
  ...[
    '&a ',
    '&b ',
    '*a',
    '*b',
    '*a ',
    '<<: *a',
    '<<: [*a, *b]',
    '<<: {x: 1}',
    '"<<": *a',
    '!!str ',
    '!!int ',
  ],
  ...[
    '! ',
    '!x ',
    '!!binary ',
    '!<tag:yaml.org,2002:str> ',
    '!!bool "yes"',
    '!!null ',
    '!!map ',
    '!!merge <<: *a',
    '!!merge <<',
  ],
  ...[
    '---',
    '--- ',
    '--- # c',
    '--- a: 1',
    '---\t',
    '---#',
    '----',
    '...',
    '... # c',
    '....',
    '%YAML 1.1',
    '%',
  ],
  ...['|', '|-', '|+', '|2', '|1-', '|-1', '|0', '>', '>-', '>+2', '| # c', '|#', '|\t', '> x'],
  ...[
    '@a',
    '`a',
    '%a',
    '"',
    "'",
    '\\',
    '"\\\n',
    '"a\\',
    '\\x41',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\\U0001F600"',
  ],
  ...[
    '"\\/"',
    '"\\L"',
    '"\\N"',
    '"\\_"',
    '"\\e"',
    '"\\0"',
    '"\\t"',
    '"\\\t"',
    '"\\a\\b\\v\\f\\r"',
    '"\\U00110000"',
  ],
] as const;

const PLAIN = [
  ...[
    'a',
    'b c',
    'a#b',
    'a: b',
    'a:b',
    'http://x:80/y',
    'a,b',
    '-a',
    '?a',
    ':a',
    '--',
    '---a',
    '...a',
    '=',
    '<<',
  ],
  ...[
    'y',
    'n',
    'Y',
    'N',
    'yes',
    'No',
    'ON',
    'off',
    'yEs',
    'true',
    'True',
    'TRUE',
    'tRue',
    'false',
    'null',
    'Null',
    '~',
  ],
  ...[
    '0',
    '-0',
    '+1',
    '1',
    '007',
    '0400',
    '08',
    '0o17',
    '0O17',
    '0x1F',
    '0X1f',
    '-0x1',
    '0b11',
    '-0b1',
    '1_000',
    '_1',
  ],
  ...[
    '1_',
    '0x_1',
    '1:30',
    '1:30:59',
    '-1:30',
    '1:99',
    '1.',
    '.5',
    '-.5',
    '+.5',
    '1.5',
    '1.5e3',
    '1e3',
    '1E+3',
    '1e-3',
  ],
  ...[
    '1e',
    '.e1',
    '1e400',
    '.inf',
    '-.INF',
    '+.Inf',
    '.nan',
    '.NaN',
    'NaN',
    'Infinity',
    '1.2.3',
    '0.1_0',
    '1__0',
    '0_',
  ],
  ...[
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '18446744073709551615',
    '18446744073709551616',
  ],
  ...[
    '123456789012345678901234567890',
    '0xFFFFFFFFFFFFFFFF',
    '0.1',
    '1.0',
    '0.10',
    '00',
    '-00',
    '+',
    '-',
    '.',
    '..',
  ],
  ...[
    '2001-01-01',
    '2001-1-1',
    '2001-01-01T00:00:00Z',
    '2001-01-01 00:00:00',
    '10:00',
    '12e03',
    '0e0',
    '0x',
    '0b',
    '0b2',
  ],
] as const;

const QUOTED = [
  ...[
    '"a"',
    "'a'",
    '""',
    "''",
    '"yes"',
    "'1'",
    '"a: b # c"',
    "'it''s'",
    '"a\\nb"',
    '"a\\u2028b"',
    '"\\x41"',
    '"a\\tb"',
  ],
  ...[
    '"a\n  b"',
    '"a\n\n  b"',
    '"a \\\n  b"',
    "'a\n  b'",
    "'a\n\n\n  b'",
    '"a\n\tb"',
    '"a\tb"',
    '"  a  "',
    '"\ta"',
  ],
  ...[
    '"a\n b\n c"',
    "'a\n b'",
    '"\n a"',
    '"a\n "',
    'a\n  b',
    'a\n  # c',
    'a\n\n  b',
    'a\n\tb',
    'a\tb',
    'a \n  b',
    'a\n  b: c',
  ],
] as const;

const BLOCKS = [
  ...[
    '|\n  a\n  b\n',
    '|-\n  a\n\n\n',
    '|+\n  a\n\n\n',
    '>\n  a\n  b\n\n  c\n',
    '>-\n  a\n   b\n  c\n',
    '>+\n  a\n\n',
  ],
  ...[
    '|2\n  a\n',
    '|2\n   a\n  b\n',
    '|1\n a\n',
    '|\n\n  a\n',
    '|\n   \n  a\n',
    '|\n    \n  a\n',
    '|\n  a\n # c\n',
    '|\n\ta\n',
  ],
  ...[
    '|\n  \ta\n',
    '|\n  a\n\t\n  b\n',
    '|\n  a\n \t\n',
    '>\n  a\n\n   b\n\n  c\n',
    '>\n\n  a\n',
    '|\n',
    '|-\n',
    '|+\n\n',
    '>\n  a\n  \n',
  ],
  ...[
    '|\n  # a\n  ---\n',
    '|\n  a\r\n  b\r\n',
    '|\n  a\u2028b\n',
    '>\n  a\n\tb\n',
    '|-2\n   a\n',
    '|9\n',
    '|\n  a\n b\n',
    '>\n \n  a\n  b\n',
  ],
] as const;

const NAMES = [
  ...[
    'a',
    'b',
    'c',
    'kind',
    'metadata',
    'data',
    'x.y/z',
    '"a"',
    "'b'",
    '1',
    '"1"',
    '01',
    '0x1',
    '1.0',
    '1e1',
    'true',
    'True',
  ],
  ...[
    'null',
    '~',
    '"~"',
    'y',
    'no',
    'on',
    '? a',
    '*a',
    '&a a',
    '!!str a',
    '<<',
    '"<<"',
    '[a]',
    '{a: b}',
    '"a\\x41"',
    'a b',
    '-a',
  ],
  ...[
    '2001-01-01',
    'é',
    '"a\n b"',
    '',
    '""',
    '1:30',
    '1_0',
    '9007199254740993',
    '.inf',
    '=',
    'constructor',
    '__proto__',
  ],
] as const;

const scalar = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'b', '1', '"x"', 'true') },
  { weight: 4, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 3, arbitrary: fc.constantFrom(...QUOTED) },
  { weight: 2, arbitrary: fc.constantFrom(...BLOCKS) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) },
);

const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j') },
  { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
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
    fc.constantFrom(
      '{a}',
      '{a, b: c}',
      '[a: b]',
      '{ "a":1 }',
      "{'a':b}",
      '[a,]',
      '[,a]',
      '{a: }',
      '{? a : b}',
      '[\n  a,\n  b\n]',
      '{\n  a: b }',
      '{{ .x }}',
      '[a\n]',
    ),
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
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        '--- \n',
        '--- # c\n',
        '---\t\n',
        '...\n',
        '...\n---\n',
        '---\n---\n',
        '---\r\n',
        '--- |\n',
        '--- {a: b}\n',
        ' ---\n',
        '--- a\n',
      ],
      ...[
        '%YAML 1.1\n---\n',
        '\ufeff---\n',
        '---#\n',
        '# c\n---\n',
        '---\n# c\n',
        '--- !!map\n',
        '--- &a\n',
        '\n---\n\n',
        '---\n\n---\n',
        '',
        '\u2028---\n',
      ],
    ),
  },
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
    fc.constantFrom(...ODD_TEXTS, ...BREAKS),
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
