import type { Host } from '../../ground/host.ts';
import { findingFormats } from '../../report/formats.ts';
import type { Action, CommandLine, ListedCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

interface CompletionFlags {
  readonly shell: string;
  /** Those of the program. */
  readonly flags: readonly string[];
}

export const completionCommand: CommandLine<CompletionFlags> = {
  name: 'completion',
  description: 'print a completion script',
  define: (command, run) =>
    command.argument('<shell>', Object.keys(SCRIPTS).join(', ')).action(shell => {
      const flags = (command.parent?.options ?? []).flatMap(({ long }) => long ?? []);
      run({ shell, flags });
    }),
};

/** Completes these commands and their formats, flags and the names of environments. */
export function completionOf(commands: readonly ListedCommand[]): Action<CompletionFlags> {
  return {
    run: (flags, host) => printScript(flags, commands, host),
    formats: findingFormats,
  };
}

function printScript(
  { shell, flags }: CompletionFlags,
  commands: readonly ListedCommand[],
  host: Host,
): number {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    const known = Object.keys(SCRIPTS).join(', ');
    host.stderr(`error: no completion for ${shell}; there is one for ${known}\n`);
    return exitCodes.usage;
  }
  const names = [...commands.map(({ name }) => name), completionCommand.name];
  host.stdout(script({ names, flags, values: commands.flatMap(valuesOf) }));
  return exitCodes.ok;
}

/** What a script completes. */
interface Words {
  /** Of commands. */
  readonly names: readonly string[];
  readonly flags: readonly string[];
  readonly values: readonly Values[];
}

/** What may stand after a flag of a command. */
interface Values {
  readonly command: string;
  readonly flag: 'format' | 'output';
  readonly words: readonly string[];
}

function valuesOf({ name: command, action }: ListedCommand): Values[] {
  const { formats, outputs = {} } = action();
  return [
    { command, flag: 'format', words: Object.keys(formats) },
    { command, flag: 'output', words: Object.keys(outputs) },
  ];
}

/** Cases for what the command, if there is one, and the word before are. */
function cases({ values, names, flags }: Words, complete: (words: string) => string): string {
  const all = [...new Set(values.flatMap(({ flag, words }) => (flag === 'format' ? words : [])))];
  const afterFlag = [...values, { command: '', flag: 'format', words: all }]
    .filter(({ words }) => words.length > 0)
    .map(({ command, flag, words }): [string, readonly string[]] => [
      `"${command} --${flag}"${flag === 'output' ? `|"${command} -o"` : ''}`,
      words,
    ]);
  return [
    ...afterFlag,
    ['"completion completion"', Object.keys(SCRIPTS)] as const,
    ['*', [...names, ...flags]] as const,
  ]
    .map(([pattern, words]) => `    ${pattern}) ${complete(words.join(' '))} ;;`)
    .join('\n');
}

const SCRIPTS: Readonly<Record<string, (words: Words) => string>> = {
  bash: words => `_rem_secrets() {
  local word=\${COMP_WORDS[COMP_CWORD]} last=\${COMP_WORDS[COMP_CWORD-1]} command= each
  for each in "\${COMP_WORDS[@]:0:COMP_CWORD}"; do
    case $each in ${words.names.join('|')}) command=$each ;; esac
  done
  case "$command $last" in
    "render render") COMPREPLY=($(compgen -W "$(rem-secrets environments 2>/dev/null)" -- "$word")) ;;
    *" -f"|*" --file"|"validate validate") COMPREPLY=($(compgen -f -- "$word")) ;;
${cases(words, text => `COMPREPLY=($(compgen -W "${text}" -- "$word"))`)}
  esac
}
complete -F _rem_secrets rem-secrets
`,
  zsh: words => `#compdef rem-secrets
_rem_secrets() {
  local command= each
  for each in $words[1,CURRENT-1]; do
    case $each in ${words.names.join('|')}) command=$each ;; esac
  done
  case "$command $words[CURRENT-1]" in
    "render render") compadd -- \${(f)"$(rem-secrets environments 2>/dev/null)"} ;;
    *" -f"|*" --file"|"validate validate") _files ;;
${cases(words, text => `compadd -- ${text}`)}
  esac
}
compdef _rem_secrets rem-secrets
`,
  fish: ({ names, values }) => `complete -c rem-secrets -f
complete -c rem-secrets -n __fish_use_subcommand -a '${names.join(' ')}'
complete -c rem-secrets -n '__fish_seen_subcommand_from render' -a '(rem-secrets environments 2>/dev/null)'
complete -c rem-secrets -n '__fish_seen_subcommand_from completion' -a '${Object.keys(SCRIPTS).join(' ')}'
complete -c rem-secrets -n '__fish_seen_subcommand_from validate' -F
complete -c rem-secrets -s f -l file -r -F
${values
  .filter(({ words }) => words.length > 0)
  .map(
    ({ command, flag, words }) =>
      `complete -c rem-secrets -n '__fish_seen_subcommand_from ${command}' ${flag === 'output' ? '-s o ' : ''}-l ${flag} -x -a '${words.join(' ')}'`,
  )
  .join('\n')}
`,
};
