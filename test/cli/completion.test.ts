import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { objectFormats } from '../../generator/expand/render-command.ts';
import { commandLine } from '../../generator/main.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { output, remSecrets, root, run, runMain } from '../machine.ts';

const scriptOf = async (shell: string) => (await runMain(root, ['completion', shell])).stdout;

/** The program by the name that scripts call it by. */
const PROGRAM = `rem-secrets() { ${remSecrets} "$@"; }`;

/** What stands for zsh's own functions, which want a terminal. */
const ZSH =
  'compdef() { :; }; compadd() { shift; local w; for w; do [[ $w == $word* ]] && print -r -- $w; done; return 0; }; _files() { print -rl -- $word*; }';

/** How each shell is started, and asked what it would complete the last word of a line to; an empty one is a word too. */
const shells = {
  bash: {
    options: [],
    start: (script: string) => `${PROGRAM}\n${script}`,
    ask: (line: string) =>
      `COMP_WORDS=(${line.replace(/ $/, " ''")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _rem_secrets; printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  zsh: {
    options: ['-f'],
    start: (script: string) => `${PROGRAM}\n${ZSH}\n${script}`,
    ask: (line: string) =>
      `words=(${line.replace(/ $/, " ''")}); CURRENT=$#words; word=$words[CURRENT]; _rem_secrets`,
  },
  fish: {
    options: ['--no-config'],
    start: (script: string) => `function rem-secrets; ${remSecrets} $argv; end\n${script}`,
    ask: (line: string) =>
      `complete -C ${JSON.stringify(line)} | string replace -r '\\t.*' ''; true`,
  },
};
const scripts = {
  bash: await scriptOf('bash'),
  zsh: await scriptOf('zsh'),
  fish: await scriptOf('fish'),
};

function completed(shell: keyof typeof shells, lines: readonly string[]): string[][] {
  const { options, start, ask } = shells[shell];
  const asks = lines.flatMap(line => [ask(line), 'echo ,']);
  const told = output(shell, [...options, '-c', [start(scripts[shell]), ...asks].join('\n')]);
  const answers = told.split(/^,\n/m).slice(0, -1);
  return answers.map(answer => [...new Set(answer.trim().split('\n'))].sort());
}

const isThere = (shell: string): boolean => run('sh', ['-c', `command -v ${shell}`]).status === 0;

const lines: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['rem-secrets gra', ['graph']],
  ['rem-secrets graph -o m', ['mermaid']],
  ['rem-secrets graph - --output s', ['svg']],
  ['rem-secrets render -o ', Object.keys(objectFormats)],
  ['rem-secrets lint -o j', ['json', 'junit']],
  ['rem-secrets lint --format j', ['json', 'junit']],
  ['rem-secrets diff --format j', ['json']],
  ['rem-secrets iam --format c', ['cloudformation', 'crossplane']],
  ['rem-secrets iam --trust I', ['IRSA']],
  ['rem-secrets params c', ['check', 'copy']],
  ['rem-secrets params list --output c', ['csv']],
  ['rem-secrets params check --re', ['--read']],
  ['rem-secrets params copy --from p', ['prod']],
  ['rem-secrets render s', ['shared', 'staging']],
  ['rem-secrets graph -e d', ['dev']],
  ['rem-secrets init --store s', ['secrets-manager']],
  ['rem-secrets lint --fail-on w', ['warning']],
  ['rem-secrets completion z', ['zsh']],
  ['rem-secrets --file rem-secrets.y', ['rem-secrets.yaml']],
  ['rem-secrets lint rem-secrets.y', ['rem-secrets.yaml']],
  ['rem-secrets lint --st', ['--strict']],
];

describe.for(['bash', 'zsh', 'fish'] as const)('%s', shell => {
  // Which of the shells a machine has is its own matter; bash is wanted by this repository anyway.
  test.runIf(shell === 'bash' || isThere(shell))('completes lines', () => {
    const found = completed(
      shell,
      lines.map(([line]) => line),
    );
    expect(lines.map(([line], index) => [line, found[index]])).toEqual(
      lines.map(([line, words]) => [line, [...words].sort()]),
    );
  });

  test('knows every flag of every command, and of every part of one', () => {
    const missing = leaves(commandLine(nodeHost(root))).flatMap(command =>
      command.options
        .map(({ long }) => long?.slice(2) ?? '')
        .filter(long => !new RegExp(`(?:--|-l )${long}\\b`).test(scripts[shell]))
        .map(long => `${command.name()} --${long}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Of the program, and so of every command. */
const COMMON = ['--file', '--format', '--help', '--limits'];

test('bash completes all flags of each command', () => {
  const all = leaves(commandLine(nodeHost(root)));
  const found = completed(
    'bash',
    all.map(command => `${nameOf(command)} --`),
  );
  const flags = all.map(({ options }) => [...options.flatMap(({ long }) => long ?? []), ...COMMON]);
  expect(found).toEqual(flags.map(own => own.sort()));
});

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
