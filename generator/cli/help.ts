import type { Command } from 'commander';
import type { Example, ListedCommand } from './command.ts';
import { formatsHelp } from './format-flags.ts';

/** What the help of a command, or of one of its parts, ends with: examples, and its formats. */
export function helpOf(asked: Command, { examples, action }: ListedCommand): string {
  const name = commandName(asked);
  const own = examples.filter(([line]) => line === name || line.startsWith(`${name} `));
  return `${examplesHelp(own)}\n${formatsHelp(action())}`;
}

/** `params check` for a part: without the program. */
export function commandName(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${commandName(parent)} ${command.name()}` : command.name();
}

function examplesHelp(examples: readonly Example[]): string {
  if (examples.length === 0) return '';
  const lines = examples.map(([line, does]) => `  # ${does}\n  rem-secrets ${line}\n`);
  return `\nExamples:\n${lines.join('')}`;
}
