import type { Argument, Command, Option } from 'commander';
import type { Host } from '../core/host.ts';
import { findingFormats } from '../report/finding.ts';
import type { Action, CommandLine, ListedCommand } from './command.ts';
import { commandName, exitCodes } from './command.ts';

/** The words that may stand at a place of a command line; an empty list: anything. */
type Values = 'files' | 'environments' | readonly string[];

interface CompletionFlags {
  readonly shell: Shell;
  readonly program: Command | null;
  readonly listed: readonly ListedCommand[];
}

type Shell = 'bash' | 'zsh' | 'fish';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** Completes these commands, and itself. */
export function completionOf(listed: () => readonly ListedCommand[]): CommandLine<CompletionFlags> {
  return {
    name: 'completion',
    description: 'print a completion script',
    examples: [
      ['completion bash >/etc/bash_completion.d/rem-secrets', 'for all users of bash'],
      ['completion zsh >~/.zfunc/_rem-secrets', 'for zsh, which has ~/.zfunc in its fpath'],
      ['completion fish >~/.config/fish/completions/rem-secrets.fish', 'for fish'],
    ],
    looksAtAll: true,
    define: (command, run) =>
      command
        .addArgument(command.createArgument('<shell>').choices(SHELLS))
        .action((shell: Shell) => run({ shell, program: command.parent, listed: listed() })),
  };
}

export const completion: Action<CompletionFlags> = {
  run: ({ shell, program, listed }: CompletionFlags, host: Host) => {
    if (program !== null) host.stdout(scripts[shell](completedOf(program, listed)));
    return exitCodes.ok;
  },
  formats: findingFormats,
};

const scripts: Readonly<Record<Shell, (all: readonly Completed[]) => string>> = { bash, zsh, fish };

interface Offers {
  readonly words: (text: string) => string;
  readonly files: string;
  readonly environments: string;
}

const ENVIRONMENTS = '$(rem-secrets environments 2>/dev/null)';

const BASH: Offers = {
  words: text => `COMPREPLY=($(compgen -W "${text}" -- "$word"))`,
  files: `local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$word")); compopt -o filenames 2>/dev/null`,
  environments: `COMPREPLY=($(compgen -W "${ENVIRONMENTS}" -- "$word"))`,
};

const ZSH: Offers = {
  words: text => `compadd -- ${text}`,
  files: '_files',
  environments: `compadd -- \${(f)"${ENVIRONMENTS}"}`,
};

function bash(all: readonly Completed[]): string {
  return `_rem_secrets() {
  local word=\${COMP_WORDS[COMP_CWORD]} last=\${COMP_WORDS[COMP_CWORD-1]} command= each
  COMPREPLY=()
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${whichCommand(all)}  done
${offered(all, BASH)}}
complete -F _rem_secrets rem-secrets
`;
}

function zsh(all: readonly Completed[]): string {
  return `#compdef rem-secrets
_rem_secrets() {
  local word=$words[CURRENT] last=$words[CURRENT-1] command= each
  for each in $words[2,CURRENT-1]; do
${whichCommand(all)}  done
${offered(all, ZSH)}}
compdef _rem_secrets rem-secrets
`;
}

function whichCommand(all: readonly Completed[]): string {
  const named = all.filter(({ name }) => name !== '');
  const lines = named.map(({ name }) => {
    const words = name.split(' ');
    return `      "${words.slice(0, -1).join(' ')}/${words.at(-1)}") command="${name}" ;;\n`;
  });
  return `    case "$command/$each" in\n${lines.join('')}    esac\n`;
}

function offered(all: readonly Completed[], offers: Offers): string {
  const after = all.flatMap(({ name, flags }) =>
    flags.flatMap(({ long, short, values }) => {
      if (values === undefined) return [];
      const patterns = [`"${name}/--${long}"`, ...(short ? [`"${name}/-${short}"`] : [])];
      return [`    ${patterns.join('|')}) ${offer(values, offers)}; return ;;\n`];
    }),
  );
  const flags = all.map(({ name, flags: flagsOfName }) => {
    const words = flagsOfName.map(({ long }) => `--${long}`).join(' ');
    return `    "${name}/-"*) ${offers.words(words)} ;;\n`;
  });
  const taken = all.map(({ name, takes }) => `    "${name}/"*) ${offer(takes, offers)} ;;\n`);
  return `  case "$command/$last" in\n${after.join('')}  esac
  case "$command/$word" in\n${flags.join('')}${taken.join('')}  esac\n`;
}

function offer(values: Values, offers: Offers): string {
  if (values === 'files') return offers.files;
  if (values === 'environments') return offers.environments;
  return values.length === 0 ? ':' : offers.words(values.join(' '));
}

function fish(all: readonly Completed[]): string {
  const lines = all.flatMap(({ name, parts, takes, flags }) => {
    const when = `complete -c rem-secrets -n '${isCommand(name, parts)}'`;
    return [
      `${when} ${fishValues(takes)}`,
      ...flags.map(({ long, short, values }) => {
        const flag = `${short ? `-s ${short} ` : ''}-l ${long}`;
        return `${when} ${flag}${values === undefined ? '' : ` -r ${fishValues(values)}`}`.trim();
      }),
    ];
  });
  return `complete -c rem-secrets -f\n${lines.map(line => `${line}\n`).join('')}`;
}

function isCommand(name: string, parts: readonly string[]): string {
  const words = name.split(' ').filter(word => word !== '');
  const above = words.map(word => `__fish_seen_subcommand_from ${word}`);
  const below = parts.length === 0 ? [] : [`not __fish_seen_subcommand_from ${parts.join(' ')}`];
  return [...above, ...below].join('; and ');
}

function fishValues(values: Values): string {
  if (values === 'files') return '-F';
  if (values === 'environments') return `-f -a '(rem-secrets environments 2>/dev/null)'`;
  return values.length === 0 ? '-f' : `-f -a '${values.join(' ')}'`;
}

/** The program, its commands, and their parts. All actions are loaded, for their formats. */
function completedOf(program: Command, listed: readonly ListedCommand[]): Completed[] {
  const actions = new Map(listed.map(({ name, action }) => [name, action()]));
  const all = [...actions.values()].flatMap(action => Object.keys(action.formats));
  const common = program.options.filter(({ long }) => long !== '--version');
  return [
    completed(program, [], { format: [...new Set(all)] }),
    ...program.commands.flatMap(command => {
      const { formats = {}, outputs = formats } = actions.get(command.name()) ?? {};
      const words = { format: Object.keys(formats), output: Object.keys(outputs) };
      return withParts(command).map(part => completed(part, common, words));
    }),
  ];
}

function withParts(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withParts)];
}

type Words = Readonly<Record<string, readonly string[]>>;

type Completed = ReturnType<typeof completed>;

/** `common`: the flags of the program that a command takes too. */
function completed(command: Command, common: readonly Option[], words: Words) {
  const parts = command.commands.map(part => part.name());
  const flagsOf = (options: readonly Option[]) => options.map(option => flagOf(option, words));
  return {
    name: command.parent === null ? '' : commandName(command), // The program has none here.
    parts,
    flags: [...flagsOf(command.options), HELP, ...flagsOf(common)],
    takes: parts.length > 0 ? parts : valuesOf(command.registeredArguments[0]),
  };
}

/** commander has it, and does not list it. */
const HELP = { long: 'help', short: 'h', values: undefined };

/** A flag by its names; without `values` it takes none. */
function flagOf(option: Option, words: Words) {
  const { long, short } = option;
  const name = (long ?? '').slice(2);
  const values = words[name] ?? option.argChoices ?? afterFlag(option);
  const isTaking = option.required || option.optional;
  return { long: name, short: short?.slice(1), values: isTaking ? values : undefined };
}

function afterFlag({ flags, long }: Option): Values {
  if (long === '--environment' || flags.includes('<environment>')) return 'environments';
  return /<(?:file|folder|path\.\.\.|rev\|path)>/.test(flags) ? 'files' : [];
}

function valuesOf(argument: Argument | undefined): Values {
  if (argument?.name() === 'environment') return 'environments';
  if (argument?.name() === 'path') return 'files';
  return argument?.argChoices ?? [];
}
