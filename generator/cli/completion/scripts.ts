import type { Completed, Values } from './completed.ts';

/** The script of each shell. */
export const scripts: Readonly<Record<Shell, (all: readonly Completed[]) => string>> = {
  bash,
  zsh,
  fish,
};

/** The shells that there is a script for. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** How a shell offers words, files and environments. */
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

/** Which command, or part of one, the words before belong to. */
function whichCommand(all: readonly Completed[]): string {
  const named = all.filter(({ name }) => name !== '');
  const lines = named.map(({ name }) => {
    const words = name.split(' ');
    return `      "${words.slice(0, -1).join(' ')}/${words.at(-1)}") command="${name}" ;;\n`;
  });
  return `    case "$command/$each" in\n${lines.join('')}    esac\n`;
}

/** What may follow: after a flag its values, else flags, or what the command takes. */
function offered(all: readonly Completed[], offers: Offers): string {
  const after = all.flatMap(({ name, flags }) =>
    flags.flatMap(({ long, short, values }) => {
      if (values === undefined) return [];
      const patterns = [`"${name}/--${long}"`, ...(short ? [`"${name}/-${short}"`] : [])];
      return [`    ${patterns.join('|')}) ${offer(values, offers)}; return ;;\n`];
    }),
  );
  const flags = all.map(({ name, flags: own }) => {
    const words = own.map(({ long }) => `--${long}`).join(' ');
    return `    "${name}/-"*) ${offers.words(words)} ;;\n`;
  });
  const taken = all.map(
    ({ name, parts, takes }) =>
      `    "${name}/"*) ${offer(parts.length > 0 ? parts : takes, offers)} ;;\n`,
  );
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
    const when = `complete -c rem-secrets -n '${seen(name, parts)}'`;
    return [
      `${when} ${fishValues(parts.length > 0 ? parts : takes)}`.trim(),
      ...flags.map(({ long, short, values }) => {
        const flag = `${short ? `-s ${short} ` : ''}-l ${long}`;
        return `${when} ${flag}${values === undefined ? '' : ` -r ${fishValues(values)}`}`.trim();
      }),
    ];
  });
  return `complete -c rem-secrets -f\n${lines.map(line => `${line}\n`).join('')}`;
}

/** Which words stand there, and that none of its parts does. */
function seen(name: string, parts: readonly string[]): string {
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
