import type { Command } from 'commander';
import { type Action, exitCodes } from './command.ts';

type Known = Pick<Action<never>, 'formats' | 'outputs'>;

/** Gives `-o` to what takes `--format` alone: people know it from kubectl. */
export function takeFormatFlag(command: Command): void {
  for (const leaf of leavesOf(command)) {
    if (!leaf.options.some(({ short }) => short === '-o'))
      leaf.option('-o, --output <format>', 'the same as --format');
  }
}

/** A command, or the parts that it consists of. */
function leavesOf(command: Command): readonly Command[] {
  return command.commands.length > 0 ? command.commands.flatMap(leavesOf) : [command];
}

/**
 * The format of what a command has found, or of what is wrong with its input. Ends the run where the
 * command has none of that name.
 */
export function chosenFormat(called: Command, { formats, outputs }: Known): string {
  const { format, output } = called.optsWithGlobals<{ format: string; output?: string }>();
  if (outputs === undefined) {
    const flag = output === undefined ? '--format' : '--output';
    return expectOne(output ?? format, flag, formats, called);
  }
  expectOne(String(output), '--output', outputs, called);
  return expectOne(format, '--format', formats, called);
}

/** What a command's help says of its formats. */
export function formatsHelp({ formats, outputs }: Known): string {
  if (outputs === undefined) return `--format: ${namesOf(formats)}\n`;
  return `--format: ${namesOf(formats)}\n--output: ${namesOf(outputs)}\n`;
}

function expectOne(name: string, flag: string, known: object, command: Command): string {
  if (Object.hasOwn(known, name)) return name;
  const message = `error: ${command.name()} has no ${flag} ${name}, only ${namesOf(known)}`;
  return command.error(message, { exitCode: exitCodes.usage });
}

function namesOf(known: object): string {
  return Object.keys(known).join(', ');
}
