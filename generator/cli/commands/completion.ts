import type { Host } from '../../ground/host.ts';
import { findingFormats } from '../../report/finding/formats.ts';
import { type Action, type CommandLine, exitCodes, type ListedCommand } from '../command.ts';
import { type Completed, completedOf } from '../completion/completed.ts';
import { type Shell, scripts } from '../completion/scripts.ts';

interface CompletionFlags {
  readonly shell: Shell;
  /** The whole command line. */
  readonly completed: () => readonly Completed[];
}

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
        .action((shell: Shell) => {
          const { parent } = command;
          run({ shell, completed: () => (parent === null ? [] : completedOf(parent, listed())) });
        }),
  };
}

export const completion: Action<CompletionFlags> = {
  run: ({ shell, completed }: CompletionFlags, host: Host) => {
    host.stdout(scripts[shell](completed()));
    return exitCodes.ok;
  },
  formats: findingFormats,
};
