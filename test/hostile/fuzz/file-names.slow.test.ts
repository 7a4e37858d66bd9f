import fc from 'fast-check';
import { test } from 'vitest';
import { keys, store, web } from '../../lint/shop.ts';
import { callsOf, checkCall, inFolder } from './commands.ts';
import { hold } from './hold.ts';

/** Names that mean something else to a shell, a CI, a terminal, another system, or to us. */
const NAMES = [
  'a b', ' a', 'a ', 'a\nb', '\n::error file=x,line=1::owned', '::error::owned', '##[error]owned',
  '\u001b]0;owned\u0007', '\u202eyaml.', '\u0085', '\u007f\u009b2J', '\u2028\u2029', '\u{1f600}',
  'e\u0301', '-', '--', '-rf', '--help', '--format=json', '.hidden', '...', 'a.', 'CON', 'C:\\x',
  'a\\b', '"', "'", '`id`', '$(id)', '$HOME', '*', '?', '#', '%0A', '__proto__', 'constructor',
  '<script>', '&amp;', ']]>', 'rev:HEAD', 'path:a', 'HEAD', 'node_modules', 'x'.repeat(240),
]; // biome-ignore format: a table

const fileName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .map(text => text.replaceAll(/[/\0]/g, '_'))
      .filter(text => text !== '.' && text !== '..'),
  },
);

const ending = fc.constantFrom(
  '.yaml',
  '.yml',
  '.json',
  '/kustomization.yaml',
  '/Chart.yaml',
  '/a.yaml',
  '',
);
const text = fc.constantFrom(
  web,
  keys,
  store,
  'resources: [a.yaml]\n',
  '{',
  '',
  `${web}---\n${web}`,
);

test('no name of a file breaks a command, or its output', async () =>
  await hold(
    'file names',
    20,
    [
      fc.uniqueArray(fc.tuple(fileName, ending, text), {
        maxLength: 4,
        minLength: 1,
        selector: ([name]) => name.normalize(),
      }),
      fc.nat(),
      fc.boolean(),
    ],
    async (named, nth, isNamed) => {
      const files = named.map(([name, end, content]) => [`root/${name}${end}`, content] as const);
      const [[first]] = files as [(typeof files)[number]];
      const path = first.slice('root/'.length);
      const calls = isNamed ? callsOf(path, '.') : callsOf('.', path);
      const call = calls[nth % calls.length] ?? { args: [] };
      await inFolder(files, folder => checkCall(`${folder}/root`, { ...call, input: web }));
    },
  ));
