import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Host } from '../ground/host.ts';
import {
  type Action,
  type Example,
  type ExitCode,
  exitCodes,
  type ListedCommand,
  type RunCommand,
} from './command.ts';
import { commands } from './commands.ts';
import { optionsBehind } from './options-first.ts';
import { specFile, USUAL_SPEC } from './read-spec.ts';

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

type Take = (run: RunCommand, format: string) => void;

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

type Known = Pick<Action<never>, 'formats' | 'outputs'>;

/** Gives `-o` to what takes `--format` alone: people know it from kubectl. */
function takeFormatFlag(command: Command): void {
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
function chosenFormat(called: Command, { formats, outputs }: Known): string {
  const { format, output } = called.optsWithGlobals<{ format: string; output?: string }>();
  if (outputs === undefined) {
    const flag = output === undefined ? '--format' : '--output';
    return expectOne(output ?? format, flag, formats, called);
  }
  expectOne(String(output), '--output', outputs, called);
  return expectOne(format, '--format', formats, called);
}

/** What a command's help says of its formats. */
function formatsHelp({ formats, outputs }: Known): string {
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
