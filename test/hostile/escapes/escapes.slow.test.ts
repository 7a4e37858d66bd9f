import { expect, test } from 'vitest';
import { diffFormats } from '../../../generator/diff/command.ts';
import { graphFormats } from '../../../generator/graph-command/command.ts';
import { lintFormats } from '../../../generator/lint/formats.ts';
import { folderOf, type Ran, readText, remSecrets, run, runMain } from '../../machine.ts';

/** What a log obeys, or does not show. */
const TEXTS = {
  command: '::error::planted',
  'indented command': '  ::add-mask::planted',
  'command behind a line': 'a\n::stop-commands::planted',
  'command behind a carriage return': 'a\r::error::planted',
  'command behind NEL': '\u0085::error::planted',
  'old command': '##[error]planted',
  'old command in the middle': 'a ##[add-path]planted',
  'command of Azure': '##vso[task.setvariable variable=a]planted',
  'command of TeamCity': "##teamcity[message text='planted']",
  escape: '\u001b[2J\u001b]0;planted\u0007',
  C1: '\u009b2Jplanted\u007f',
  bidi: 'a\u202egpj.planted\u2066\u061c',
  'zero width': 'a\u200b\u2060\ufeff\u00ad\u180eplanted',
  'default ignorable': 'a\u3164\u115f\u034f\ufe0f\u{e0041}planted',
  separators: 'a\u2028\u2029planted',
} as const;

/** Manifests that have a text wherever one may stand. */
function manifests(text: string, value: string): string {
  const filled = { TEXT: text, LINES: `${value}\n${text}\n${text}`, BOTH: text + value };
  return Object.entries(filled).reduce(
    (yaml, [place, said]) => yaml.replaceAll(place, () => escapedIn(said)),
    readText(import.meta.dirname, 'everywhere.yaml').replaceAll('VALUE', value),
  );
}

function escapedIn(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/gu,
    sign => `\\U${(sign.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );
}

/** Each text with a mark of its own, so that each is seen to be there. */
const marked = Object.values(TEXTS).map((text, index) =>
  text.replace('planted', `planted-${index}-`),
);

/** What is printed of all of them at once, which has each, and nothing that is obeyed. */
function expectShown({ stdout, stderr }: Ran, args: readonly string[]): void {
  const all = stdout + stderr;
  const missing = marked.map((_, index) => `planted-${index}-`).filter(mark => !all.includes(mark));
  expect([args, missing]).toEqual([args, []]);
  expect([args, obeyed(stdout, args.includes('github'))]).toEqual([args, []]);
  expect([args, obeyed(stderr)]).toEqual([args, []]);
}

function filesOf(side: string, value: string): [path: string, text: string][] {
  return marked.flatMap(text => {
    const name = `${side}/${text.replaceAll('/', '_')}`;
    return [
      [`${name}.yaml`, manifests(text, value)],
      [`${name}-broken.yaml`, `a: 'b\n${text}`],
    ] as [string, string][];
  });
}

const CALLS: readonly (readonly string[])[] = [
  ...Object.keys(lintFormats).map(format => ['--format', format, 'lint', 'base']),
  ...Object.keys(diffFormats).map(format => [
    ...['--format', format, 'diff', '--base', 'base', '--head', 'head'],
  ]),
  ...Object.keys(graphFormats).map(format => ['graph', '--output', format, 'base']),
  ...['text', 'json'].map(format => ['--format', format, 'validate', 'base']),
];

test('they are shown escaped by every command in every format', async () => {
  const folder = folderOf([...filesOf('base', 'a'), ...filesOf('head', 'b')]);
  for (const args of CALLS) expectShown(await runMain(folder, args), args);
});

const asked = ['command', 'command behind a line', 'old command', 'escape', 'bidi'] as const;

test.for(asked)('%s in what is asked for is shown escaped', async name => {
  const text = TEXTS[name];
  const folder = folderOf({
    'rem-secrets.yaml': `apiVersion: rem-secrets.io/v1alpha1\nkind: ${JSON.stringify(text)}\n`,
  });
  for (const args of [
    ['--file', text, 'environments'],
    ['--file', text, 'expand', '--check'],
    ['environments'],
    ['render', text],
    ['validate', text],
    ['lint', text],
    ['lint', '--explain', text],
    ['lint', '--config', text],
    ['diff', '--base', text],
    ['diff', '--acknowledgements', text],
    ['graph', text],
    ['completion', text],
    [text],
    [`--${text}`],
  ]) {
    const { stdout, stderr } = await runMain(folder, args);
    expect(stdout + stderr, args.join(' ')).not.toBe('');
    expect(obeyed(stdout), args.join(' ')).toEqual([]);
    expect(obeyed(stderr), args.join(' ')).toEqual([]);
  }
  // The program itself: what it was not asked for in its own words, and a finding.
  for (const args of [[text], ['environments']]) {
    const { stdout, stderr } = run(remSecrets, args, { cwd: folder });
    expect(stdout + stderr, args.join(' ')).not.toBe('');
    expect([...obeyed(stdout), ...obeyed(stderr)], args.join(' ')).toEqual([]);
  }
});

test.for([
  ['a\nb', 'a\\nb'],
  ['a\r\tb', 'a\\r\\tb'],
  ['\u0001\u001f', '\\u0001\\u001f'],
  ['\u007f\u0080\u009f', '\\u007f\\u0080\\u009f'],
  ['\u0085', '\\u0085'],
  ['\u2028\u2029', '\\u2028\\u2029'],
] as const)('what is refused for a name such as %j is one line', async ([name, shown]) => {
  const folder = folderOf({ [`${name}/a`]: '' });
  const nothing = `nothing to read at ${shown}: no manifest, and no kustomization`;
  for (const [path, message] of [
    [name, nothing],
    [`${name}x`, `there is no ${shown}x`],
  ] as const) {
    const told = { status: 2, stdout: '', stderr: `rem-secrets: ${message}\n` };
    expect(await runMain(folder, ['lint', path])).toEqual(told);
    expect(run(remSecrets, ['lint', path], { cwd: folder })).toEqual(told);
  }
});

/** The lines of a log that a CI server obeys, and what in it cannot be seen. */
function obeyed(log: string, isGithub = false): string[] {
  const own = /^::(error|warning|notice) ([a-z]+=[^:]*)?::/;
  const lines = log.split('\n').filter(line => !(isGithub && own.test(line)));
  return [
    ...lines.filter(line => /^\s*::/.test(line)),
    ...log.split('\n').filter(line => /##[A-Za-z]*\[/.test(line)),
    ...(log.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu) ?? []).filter(
      sign => sign !== '\n',
    ),
  ];
}
