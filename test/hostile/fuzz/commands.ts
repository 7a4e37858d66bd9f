import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { diffFormats } from '../../../generator/diff/command.ts';
import { graphFormats } from '../../../generator/graph-command/command.ts';
import { lintFormats } from '../../../generator/lint/formats.ts';
import { type Ran, runKrm, runMain } from '../../machine.ts';

/** A call of the command line; `input` is its stdin. */
export interface Call {
  readonly args: readonly string[];
  readonly input?: string;
}

const LINT = Object.keys(lintFormats);
const DIFF = Object.keys(diffFormats);
const GRAPH = Object.keys(graphFormats);

/** Every command in every format that looks at paths; `diff` compares the first two. */
export function callsOf(...paths: readonly [string, string, ...string[]]): Call[] {
  const [base, head] = paths;
  return [
    ...LINT.map(format => ({ args: ['--format', format, 'lint', ...paths] })),
    ...GRAPH.map(output => ({ args: ['graph', '-o', output, ...paths] })),
    ...DIFF.map(format => ({ args: ['--format', format, 'diff', '--base', base, '--head', head] })),
    ...['text', 'json'].flatMap(format =>
      [['validate'], ['iam'], ['capacity'], ['versions'], ['inject', '--check']].map(command => ({
        args: ['--format', format, ...command, ...paths],
      })),
    ),
  ];
}

/** The same for a spec in the folder, and the commands that expand it. */
export const specCalls: readonly Call[] = [
  ...LINT.map(format => ({ args: ['--format', format, 'lint'] })),
  ...GRAPH.map(output => ({ args: ['graph', '-o', output] })),
  ...DIFF.map(format => ({ args: ['--format', format, 'diff', '--base', 'base', '--head', '.'] })),
  ...['text', 'json'].flatMap(format =>
    [['validate'], ['expand', '--check'], ['render'], ['render', 'prod'], ['environments']].map(
      args => ({ args: ['--format', format, ...args] }),
    ),
  ),
];

/** One of some calls. */
export function callOf(calls: readonly Call[]): fc.Arbitrary<Call> {
  return fc.constantFrom(...calls);
}

/** A folder with these files while it is used. */
export async function inFolder<T>(
  files: readonly (readonly [path: string, text: string])[],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rem-secrets-fuzz-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a call twice, and holds what is promised of every run. An error that is thrown is a bug. */
export async function checkCall(folder: string, { args, input }: Call): Promise<void> {
  const ran = await runMain(folder, args, input);
  checkRan(ran);
  expect(ran.stdout).not.toMatch(CONTROL);
  expect(await runMain(folder, args, input), 'the second run').toEqual(ran);
  const format = args.at(args.findIndex(arg => arg === '--format' || arg === '-o') + 1) ?? '';
  // A picture that cannot be drawn is none: why is on stderr. A file may be called as a flag is.
  const isNone = args.includes('-o') && ran.stdout === '';
  const isReport =
    ['lint', 'diff', 'graph'].some(command => args.includes(command)) && !args.includes('--help');
  if (isReport) expect(ran.stdout).not.toMatch(UNSEEN);
  if (ran.status !== 2 && isReport && !isNone) checkFormat(format, ran.stdout);
}

/** The same for the KRM function. */
export async function checkFunction(folder: string, input: string | Uint8Array): Promise<Ran> {
  const ran = await runKrm(input, folder);
  checkRan(ran);
  expect(await runKrm(input, folder), 'the second run').toEqual(ran);
  return ran;
}

/** How folders of ours begin that are gone after a run. */
const SCRATCH = join(tmpdir(), 'rem-secrets-');

function checkRan({ status, stdout, stderr }: Ran): void {
  expect([0, 1, 2], stderr).toContain(status);
  expect(Object.keys(Object.prototype), 'what every object has').toEqual([]);
  for (const text of [stdout, stderr]) {
    expect(text).not.toContain(SCRATCH);
    expect(text).not.toMatch(/\[object \w+\]|"undefined"|^ {4}at .*\.ts:\d/m);
  }
  expect(stderr).not.toMatch(UNSEEN);
  expect(stderr).not.toContain('nested deeper than can be read');
}

/** What no command prints; the KRM function hands on what it was given. */
const CONTROL = /(?![\t\n]|\r\n)[\p{Cc}\u2028-\u202e]/u;

/** What breaks a line or a terminal, or shows another name than there is. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What stands in a document of XML is a character of XML, too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;

function checkFormat(format: string, stdout: string): void {
  if (format === 'json' || format === 'sarif') expect(() => JSON.parse(stdout)).not.toThrow();
  if (format === 'junit' || format === 'svg') expect(stdout).not.toMatch(NOT_XML);
  if (format === 'github')
    for (const line of stdout.split('\n'))
      expect(line).not.toMatch(/^##\[|^::(?!(error|warning) )/);
}
