import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { printable } from '../../../generator/report/text.ts';
import { renderValue } from '../../../generator/yaml/write.ts';
import { folderOf, readText, runLater } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';

/** C0, DEL, C1, the line ends of Unicode, and what turns the direction of writing; without tab and newline. */
const CONTROLS = [
  ...range(0x00, 0x1f).filter(code => code !== 0x09 && code !== 0x0a),
  ...range(0x7f, 0x9f),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029],
  ...range(0x202a, 0x202e),
  ...range(0x2066, 0x2069),
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const all = String.fromCharCode(...CONTROLS);

test('nothing is printed that a terminal obeys', () => {
  expect(printable(`a\tb\n${all}`, false)).toMatch(/^a\tb\n[ -~]+$/);
  expect(printable('\u001b[31merror\u001b[0m', true)).toBe('\u001b[31merror\u001b[0m');
  expect(printable('\u001b[31merror\u001b[2J', true)).toBe('\u001b[31merror\\u001b[2J');
  expect(printable('\u001b[31m', false)).toBe('\\u001b[31m');
});

test('YAML has none of them, and means the same', () => {
  for (const text of [...all].flatMap(sign => [sign, `a${sign}b`, `a\n${sign}\nb\n`])) {
    const yaml = renderValue({ [text]: [text] });
    expect(yaml).toMatch(/^[\n -~]+$/);
    expect(load(yaml)).toEqual({ [text]: [text] });
  }
});

/** Every command that reads manifests or a spec, in all its formats; what they have to do with the text is not looked at. */
const CALLS: readonly (readonly string[])[] = [
  ...['text', 'json', 'terraform', 'cloudformation', 'ack', 'crossplane', 'eksctl'].map(format => [
    ...['--format', format, 'iam', 'a.yaml'],
  ]),
  ...['text', 'json'].flatMap(format =>
    [
      ['capacity', 'a.yaml'],
      ['versions', 'a.yaml'],
      ['runbook', 'a.yaml'],
      ['params', 'list', 'a.yaml'],
      ['params', 'inventory', 'a.yaml'],
      ['doctor', 'a.yaml'],
      ['status', 'a.yaml'],
      ['environments'],
      ['validate', 'a.yaml'],
      ['expand', '--check'],
    ].map(args => ['--format', format, ...args]),
  ),
  ...['yaml', 'json', 'flux'].map(output => ['inject', '-o', output, 'a.yaml']),
  ['inject', '--check', 'a.yaml'],
  ['import', '--dry-run', 'a.yaml'],
  ['render', '-o', 'yaml'],
  ['render', '-o', 'json'],
];

test('no command prints them', async () => {
  const text = JSON.stringify(all);
  const folder = folderOf({
    'a.yaml': readText(import.meta.dirname, 'aws.yaml').replaceAll('TEXT', () => text),
    'rem-secrets.yaml': specOf(`namespace: shop\nenvironments: { ${text}: {} }`),
  });
  for (const args of CALLS) {
    const { status, stdout, stderr } = await runLater(folder, args, {});
    expect([args, status]).toEqual([args, expect.toBeOneOf([0, 1, 2])]);
    expect([args, stdout + stderr]).toEqual([args, expect.stringMatching(/^[\n\t -~…·→✓✗├└│─]*$/)]);
  }
});
