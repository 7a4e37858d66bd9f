import type { Command } from 'commander';
import type { Host } from '../../ground/host.ts';
import { exitCodes } from '../exit-codes.ts';

export const SHELLS: readonly string[] = ['bash', 'zsh', 'fish'];

/** Prints a script that completes commands, flags and the names of environments. */
export function completion(shell: string, program: Command, host: Host): number {
  const names = program.commands.map(command => command.name()).join(' ');
  const flags = program.options.map(option => option.long).join(' ');
  const script = scripts(names, flags)[shell];
  if (script === undefined) {
    host.stderr(`error: no completion for ${shell}; there is one for ${SHELLS.join(', ')}\n`);
    return exitCodes.usage;
  }
  host.stdout(script);
  return exitCodes.ok;
}

function scripts(names: string, flags: string): Readonly<Record<string, string>> {
  return {
    bash: `_rem_secrets() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  case \${COMP_WORDS[COMP_CWORD-1]} in
    render) COMPREPLY=($(compgen -W "$(rem-secrets environments 2>/dev/null)" -- "$word")) ;;
    completion) COMPREPLY=($(compgen -W "${SHELLS.join(' ')}" -- "$word")) ;;
    -f|--file|validate) COMPREPLY=($(compgen -f -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "${names} ${flags}" -- "$word")) ;;
  esac
}
complete -F _rem_secrets rem-secrets
`,
    zsh: `#compdef rem-secrets
_rem_secrets() {
  case $words[CURRENT-1] in
    render) compadd -- \${(f)"$(rem-secrets environments 2>/dev/null)"} ;;
    completion) compadd -- ${SHELLS.join(' ')} ;;
    -f|--file|validate) _files ;;
    *) compadd -- ${names} ${flags} ;;
  esac
}
compdef _rem_secrets rem-secrets
`,
    fish: `complete -c rem-secrets -f
complete -c rem-secrets -n __fish_use_subcommand -a '${names}'
complete -c rem-secrets -n '__fish_seen_subcommand_from render' -a '(rem-secrets environments 2>/dev/null)'
complete -c rem-secrets -n '__fish_seen_subcommand_from completion' -a '${SHELLS.join(' ')}'
complete -c rem-secrets -n '__fish_seen_subcommand_from validate' -F
complete -c rem-secrets -s f -l file -r -F
`,
  };
}
