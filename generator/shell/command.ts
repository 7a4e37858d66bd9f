import type { Command } from 'commander';
import type { Host } from '../core/host.ts';
import type { Formats } from '../report/finding.ts';

/** A command in the command line. All else is loaded when it runs. */
export interface CommandLine<Flags> {
  readonly name: string;
  readonly description: string;
  /** Command lines without the program's name that show what it is for, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** It needs all other commands to be there. */
  readonly looksAtAll?: true;
  /** Adds its arguments and flags, whose values go to `run`. */
  readonly define: (command: Command, run: (flags: Flags) => void) => void;
}

/** A promise where the run asks another machine. */
export type ExitCode = number | Promise<number>;

export interface Action<Flags> {
  readonly run: (options: Flags & CommonOptions, host: Host) => ExitCode;
  readonly formats: Formats<never>;
  readonly outputs?: Formats<never>;
}

export type CommonOptions = Readonly<Record<'file' | 'format', string>>;

export type RunCommand = (common: CommonOptions, host: Host) => ExitCode;

export interface ListedCommand extends Omit<CommandLine<never>, 'define'> {
  readonly action: () => Pick<Action<never>, 'formats' | 'outputs'>;
  /** Adds its arguments and flags; `take` gets what runs the command with their values. */
  readonly define: (command: Command, take: (run: RunCommand) => void) => void;
}

/** A command and its action, which is loaded when it is asked for. */
export function listed<Flags>(
  { define, ...shown }: CommandLine<Flags>,
  action: () => Action<Flags>,
): ListedCommand {
  return {
    ...shown,
    action,
    define: (command, take) =>
      define(command, flags => take((common, host) => action().run({ ...flags, ...common }, host))),
  };
}

/** `params check` for a part: without the program. */
export function commandName(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${commandName(parent)} ${command.name()}` : command.name();
}

/** The exit codes; `usage` is also for what the machine refuses, as with a full disk. */
export const exitCodes = { ok: 0, findings: 1, usage: 2, crash: 3 } as const;
