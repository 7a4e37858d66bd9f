import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Host } from '../ground/host.ts';
import { type Example, type ExitCode, exitCodes, type ListedCommand, type Run } from './command.ts';
import { commands } from './commands.ts';
import { chosenFormat, formatsHelp, takeFormatFlag } from './format-flags.ts';
import { optionsBehind } from './options-first.ts';
import { specFile, USUAL_SPEC } from './spec-file.ts';

/** The command line. Returns the exit code. */
export function main(argv: readonly string[], host: Host): ExitCode {
  let code: ExitCode = exitCodes.ok;
  const program = programOn(host);
  for (const listed of calledFor(argv))
    addCommand(listed, program, (run, format) => {
      const { file = specFile(host) } = program.opts<{ readonly file?: string }>();
      code = run({ file, format }, host);
    });
  try {
    program.parse([...optionsBehind(argv, program)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return code;
}

/** The command that stands first is called for, whatever follows; without one it may be any. */
function calledFor([first]: readonly string[]): readonly ListedCommand[] {
  const own = commands.find(({ name }) => name === first);
  return own === undefined || own.looksAtAll === true ? commands : [own];
}

/** The whole command line, to be looked at: nothing of it runs. */
export function commandLine(host: Host): Command {
  const program = programOn(host);
  for (const listed of commands) addCommand(listed, program, () => {});
  return program;
}

function programOn({ stdout, stderr }: Host): Command {
  return new Command('rem-secrets')
    .description('One rem-secrets.yaml becomes every manifest of every environment.')
    .version(packageJson.version)
    .option('-f, --file <file>', `the spec; default: ${USUAL_SPEC} here or in a folder above`)
    .option('--format <format>', "how findings are printed: see a command's help", 'text')
    .showHelpAfterError('(rem-secrets --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: stderr });
}

type Take = (run: Run, format: string) => void;

/** Adds a command with its flags, and hands on what it is called for. */
function addCommand(listed: ListedCommand, program: Command, take: Take): void {
  const { name, description, action } = listed;
  const command = program.command(name).description(description).copyInheritedSettings(program);
  let format = '';
  command
    .addHelpText('afterAll', ({ command: asked }) => helpOf(asked, listed))
    .hook('preAction', (_, called) => {
      format = chosenFormat(called, action());
    });
  listed.define(command, run => take(run, format));
  takeFormatFlag(command);
  pointToHelp(command);
}

/** What is wrong with the use of a command is answered by its own help, of a part by that of the part. */
function pointToHelp(command: Command): void {
  command.showHelpAfterError(`(rem-secrets ${commandName(command)} --help shows its options)`);
  command.commands.forEach(pointToHelp);
}

/** What the help of a command, or of one of its parts, ends with: examples, and its formats. */
function helpOf(asked: Command, { examples, action }: ListedCommand): string {
  const name = commandName(asked);
  const own = examples.filter(([line]) => line === name || line.startsWith(`${name} `));
  return `${examplesHelp(own)}\n${formatsHelp(action())}`;
}

/** `params check` for a part: without the program. */
function commandName(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${commandName(parent)} ${command.name()}` : command.name();
}

function examplesHelp(examples: readonly Example[]): string {
  if (examples.length === 0) return '';
  const lines = examples.map(([line, does]) => `  # ${does}\n  rem-secrets ${line}\n`);
  return `\nExamples:\n${lines.join('')}`;
}
