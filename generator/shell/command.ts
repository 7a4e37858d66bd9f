import type { Command } from 'commander';
import type { Host } from '../core/host.ts';
import type { Formats } from '../report/format.ts';

/** A command as the command line has it. What is not here is loaded when it runs. */
export interface CommandLine<Flags> {
  readonly name: string;
  readonly description: string;
  /** Command lines that show what it is for, each with what it does. */
  readonly examples: readonly Example[];
  /** It says something of the other commands. */
  readonly looksAtAll?: true;
  /** Adds its arguments and flags, and hands on what they say. */
  readonly define: (command: Command, run: (flags: Flags) => void) => void;
}

/** A command line without the program's name, and what it does. */
export type Example = readonly [line: string, does: string];

/** What a run ends with: at once, or later where it asks another machine. */
export type ExitCode = number | Promise<number>;

/** What runs a command, and how it can print. */
export interface Action<Flags> {
  readonly run: (options: Flags & CommonOptions, host: Host) => ExitCode;
  /** For `--format`. */
  readonly formats: Formats<never>;
  /** For `--output`. */
  readonly outputs?: Formats<never>;
}

/** The flags that every command takes. */
export interface CommonOptions {
  readonly file: string;
  readonly format: string;
}

/** Runs a command to its exit code. */
export type RunCommand = (common: CommonOptions, host: Host) => ExitCode;

/** A command in the list of all. */
export interface ListedCommand extends Omit<CommandLine<never>, 'define'> {
  /** Loads what runs the command. */
  readonly action: () => Pick<Action<never>, 'formats' | 'outputs'>;
  /** Hands on what runs the command with what its flags say. */
  readonly define: (command: Command, take: (run: RunCommand) => void) => void;
}

/** A command with what runs it, which is loaded when it is asked for. */
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

/** What a command's exit code says; `usage` is also that the machine refuses, as with a full disk. */
export const exitCodes = { ok: 0, findings: 1, usage: 2, crash: 3 } as const;
