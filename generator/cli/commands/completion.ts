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
  examples: [
    ['completion bash >/etc/bash_completion.d/rem-secrets', 'for all users of bash'],
    ['completion zsh >~/.zfunc/_rem-secrets', 'for zsh, which has ~/.zfunc in its fpath'],
    ['completion fish >~/.config/fish/completions/rem-secrets.fish', 'for fish'],
  ],
  define: (command, run) =>
    command.argument('<shell>', Object.keys(SCRIPTS).join(', ')).action(shell => {
      const flags = (command.parent?.options ?? []).flatMap(({ long }) => long ?? []);
      run({ shell, flags });
    }),
};

/** Completes these commands and their formats, flags and the names of environments. */
export function completionOf(commands: readonly ListedCommand[]): Action<CompletionFlags> {
  return {
    run: ({ shell, flags }, host) => {
      const script = SCRIPTS[shell];
      if (script !== undefined) {
        const names = [...commands.map(({ name }) => name), completionCommand.name];
        host.stdout(script({ names, flags, values: commands.flatMap(valuesOf) }));
        return exitCodes.ok;
      }
      const known = Object.keys(SCRIPTS).join(', ');
      host.stderr(`error: no completion for ${shell}; there is one for ${known}\n`);
      return exitCodes.usage;
    },
    formats: findingFormats,
  };
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
  readonly long: string;
  readonly short?: string;
  readonly words: readonly string[];
}

function valuesOf({ name: command, action }: ListedCommand): Values[] {
  const { formats, outputs } = action();
  const known = { command, long: 'format', words: Object.keys(formats) };
  if (outputs === undefined) return [known];
  return [known, { command, long: 'output', short: 'o', words: Object.keys(outputs) }];
}

/** Cases for the command, if there is one, and the word before. */
function cases({ values, names, flags }: Words, complete: (words: string) => string): string {
  const formats = values.flatMap(({ long, words }) => (long === 'format' ? words : []));
  const all: readonly (readonly [pattern: string, words: readonly string[]])[] = [
    ...values.map(({ command, long, short, words }) => {
      const pattern = `"${command} --${long}"`;
      return [short ? `${pattern}|"${command} -${short}"` : pattern, words] as const;
    }),
    ['" --format"', [...new Set(formats)]],
    ['"completion completion"', Object.keys(SCRIPTS)],
    ['*', [...names, ...flags]],
  ];
  return all
    .map(([pattern, words]) => `    ${pattern}) ${complete(words.join(' '))} ;;\n`)
    .join('');
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
${cases(words, text => `COMPREPLY=($(compgen -W "${text}" -- "$word"))`)}  esac
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
${cases(words, text => `compadd -- ${text}`)}  esac
}
compdef _rem_secrets rem-secrets
`,
  fish: ({ names, values }) => `complete -c rem-secrets -f
complete -c rem-secrets -n __fish_use_subcommand -a '${names.join(' ')}'
complete -c rem-secrets -n '__fish_seen_subcommand_from render' -a '(rem-secrets environments 2>/dev/null)'
complete -c rem-secrets -n '__fish_seen_subcommand_from completion' -a '${Object.keys(SCRIPTS).join(' ')}'
complete -c rem-secrets -n '__fish_seen_subcommand_from validate' -F
complete -c rem-secrets -s f -l file -r -F
${values.map(afterFlag).join('')}`,
};

function afterFlag({ command, long, short, words }: Values): string {
  const flag = `${short ? `-s ${short} ` : ''}-l ${long}`;
  return `complete -c rem-secrets -n '__fish_seen_subcommand_from ${command}' ${flag} -x -a '${words.join(' ')}'\n`;
}
