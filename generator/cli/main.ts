import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Host } from '../ground/host.ts';
import type { CommonOptions, ExitCode, ListedCommand } from './command.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-codes.ts';

/** The command line. Returns the exit code. */
export function main(argv: readonly string[], host: Host): ExitCode {
  let code: ExitCode = exitCodes.ok;
  const program = programOn(host);
  for (const listed of commands)
    listed.define(added(listed, program), run => {
      code = run(program.opts<CommonOptions>(), host);
    });
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return code;
}

function programOn({ stdout, stderr }: Host): Command {
  return new Command('rem-secrets')
    .description('One rem-secrets.yaml becomes every manifest of every environment.')
    .version(packageJson.version)
    .option('-f, --file <file>', 'the spec', 'rem-secrets.yaml')
    .option('--format <format>', "how findings are printed: see a command's help", 'text')
    .showHelpAfterError('(rem-secrets --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: stderr });
}

/** A command of the program, without its flags. */
function added({ name, description, action }: ListedCommand, program: Command): Command {
  const command = program.command(name).description(description).copyInheritedSettings(program);
  return command
    .addHelpText('after', () => {
      const { formats, outputs } = action();
      const lines = [['--format', formats] as const, ['--output', outputs] as const];
      return `\n${lines.map(([flag, known]) => known && `${flag}: ${namesOf(known)}\n`).join('')}`;
    })
    .hook('preAction', () => {
      const { formats, outputs } = action();
      expectOne(program.opts()['format'], '--format', formats, command);
      if (outputs !== undefined) expectOne(command.opts()['output'], '--output', outputs, command);
    });
}

function expectOne(name: unknown, flag: string, known: object, command: Command): void {
  if (Object.hasOwn(known, String(name))) return;
  const message = `error: ${command.name()} has no ${flag} ${name}, only ${namesOf(known)}`;
  command.error(message, { exitCode: exitCodes.usage });
}

function namesOf(known: object): string {
  return Object.keys(known).join(', ');
}
