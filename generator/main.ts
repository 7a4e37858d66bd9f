import { Command, CommanderError, type Option } from 'commander';
import { capacity } from '#commands/capacity';
import { completion } from '#commands/completion';
import { diff } from '#commands/diff';
import { doctor } from '#commands/doctor';
import { environments } from '#commands/environments';
import { expand } from '#commands/expand';
import { graph } from '#commands/graph';
import { iam } from '#commands/iam';
import { importAction } from '#commands/import';
import { init } from '#commands/init';
import { inject } from '#commands/inject';
import { lint } from '#commands/lint';
import { params } from '#commands/params';
import { render } from '#commands/render';
import { runbook } from '#commands/runbook';
import { schema } from '#commands/schema';
import { status } from '#commands/status';
import { validate } from '#commands/validate';
import { versions } from '#commands/versions';
import packageJson from '../package.json' with { type: 'json' };
import { capacityCommand } from './capacity/command.ts';
import type { Host } from './core/host.ts';
import { diffCommand } from './diff/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { statusCommand } from './doctor/status-command.ts';
import { expandCommand } from './expand/command.ts';
import { environmentsCommand, renderCommand } from './expand/render-command.ts';
import { schemaCommand } from './expand/schema.ts';
import { graphCommand } from './graph-command/command.ts';
import { iamCommand } from './iam/command.ts';
import { importCommand } from './import/command.ts';
import { initCommand } from './init/command.ts';
import { injectCommand } from './inject/command.ts';
import { lintCommand } from './lint/command.ts';
import { paramsCommand } from './params/command.ts';
import { runbookCommand } from './runbook/command.ts';
import type { Action, ExitCode, ListedCommand, RunCommand } from './shell/command.ts';
import { commandName, exitCodes, listed } from './shell/command.ts';
import { completionOf } from './shell/completion.ts';
import { limitsIn } from './shell/programs.ts';
import { specFile, USUAL_SPEC } from './shell/read-spec.ts';
import { guarded } from './shell/run-main.ts';
import { printing } from './shell/streams.ts';
import { validateCommand } from './validate/command.ts';
import { versionsCommand } from './versions/command.ts';

/** The command line. Returns the exit code. With `--format json` a document is printed whatever happens. */
export async function main(argv: readonly string[], machine: Host): Promise<number> {
  if (!isForPrograms(argv)) return run(argv, printing(machine));
  let hasDocument = false;
  let messages = '';
  const host: Host = {
    ...machine,
    stdout: text => {
      hasDocument ||= text !== '';
      machine.stdout(text);
    },
    stderr: text => {
      messages += text;
      machine.stderr(text);
    },
  };
  const code = await guarded('rem-secrets', host, () => run(argv, printing(host)));
  const document = code === exitCodes.ok ? { findings: [] } : { error: messages.trim() };
  if (!hasDocument) machine.stdout(`${JSON.stringify(document, undefined, 2)}\n`);
  return code;
}

function isForPrograms(argv: readonly string[]): boolean {
  const flag = /^(?:--format|--output|-o)$/;
  return argv.some(
    (word, index) =>
      /^(?:--format=|--output=|-o=?)json$/.test(word) ||
      (word === 'json' && flag.test(argv[index - 1] ?? '')),
  );
}

async function run(argv: readonly string[], host: Host): Promise<number> {
  let code: ExitCode = exitCodes.ok;
  const program = programOn(host);
  for (const listed of calledFor(argv))
    addCommand(listed, program, (run, format) => {
      const { file = specFile(host), limits } = program.opts<{ file?: string; limits?: string }>();
      if (limits !== undefined) host.limit(limitsIn(limits));
      code = run({ file, format }, host);
    });
  try {
    program.parse([...optionsBehind(argv, program)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return await code;
}

function calledFor([first]: readonly string[]): readonly ListedCommand[] {
  const called = commands.find(({ name }) => name === first);
  return called === undefined || called.looksAtAll === true ? commands : [called];
}

/** The whole command line, to look at: its commands run nothing. */
export function commandLine(host: Host): Command {
  const program = programOn(host);
  for (const listed of commands) addCommand(listed, program, () => {});
  return program;
}

function programOn({ stdout, stderr }: Host): Command {
  return new Command('rem-secrets')
    .description(
      'Finds broken references between Secrets, their makers and their readers, in any manifests; and makes all manifests of a stack from one spec.',
    )
    .version(packageJson.version)
    .option('-f, --file <file>', `the spec; default: ${USUAL_SPEC} here or in a folder above`)
    .option('--format <format>', "how findings are printed: see a command's help", 'text')
    .option('--limits <limits>', 'limits of kustomize, Helm and others: memory=8GB,seconds=600')
    .showHelpAfterError('(rem-secrets --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: stderr });
}

type OnRun = (run: RunCommand, format: string) => void;

/** Adds a command with its flags; `onRun` gets the run that its call asks for. */
function addCommand(listed: ListedCommand, program: Command, onRun: OnRun): void {
  const { name, description, action } = listed;
  const command = program.command(name).description(description).copyInheritedSettings(program);
  let format = '';
  command
    .addHelpText('afterAll', ({ command: part }) => helpOf(part, listed))
    .hook('preAction', (_, called) => {
      format = chosenFormat(called, action());
    });
  listed.define(command, run => onRun(run, format));
  finish(command);
}

/** A mistake in the use of a command, or of a part, points to its own help. What takes `--format` alone gets `-o`: people know it from kubectl. */
function finish(command: Command): void {
  command.showHelpAfterError(`(rem-secrets ${commandName(command)} --help shows its options)`);
  command.commands.forEach(finish);
  if (command.commands.length === 0 && !command.options.some(({ short }) => short === '-o'))
    command.option('-o, --output <format>', 'the same as --format');
}

function helpOf(command: Command, { examples, action }: ListedCommand): string {
  const name = commandName(command);
  const lines = examples
    .filter(([line]) => line === name || line.startsWith(`${name} `))
    .map(([line, does]) => `  # ${does}\n  rem-secrets ${line}\n`);
  const help = lines.length === 0 ? '' : `\nExamples:\n${lines.join('')}`;
  return `${help}\n${formatsHelp(action())}`;
}

/** The format of a command's findings. If it has none of that name, the run ends with an error. */
function chosenFormat(called: Command, { formats, outputs }: Formatted): string {
  const { format, output } = called.optsWithGlobals<{ format: string; output?: string }>();
  if (outputs === undefined) {
    const flag = output === undefined ? '--format' : '--output';
    return expectOne(output ?? format, flag, formats, called);
  }
  expectOne(String(output), '--output', outputs, called);
  return expectOne(format, '--format', formats, called);
}

type Formatted = Pick<Action<never>, 'formats' | 'outputs'>;

function formatsHelp({ formats, outputs }: Formatted): string {
  if (outputs === undefined) return `--format: ${namesOf(formats)}\n`;
  return `--format: ${namesOf(formats)}\n--output: ${namesOf(outputs)}\n`;
}

function expectOne(name: string, flag: string, choices: object, command: Command): string {
  if (Object.hasOwn(choices, name)) return name;
  const file = /[./]/.test(name) ? `; write a file with \`>${name}\`` : '';
  const message = `error: ${command.name()} has no ${flag} ${name}, only ${namesOf(choices)}${file}`;
  return command.error(message, { exitCode: exitCodes.usage });
}

function namesOf(choices: object): string {
  return Object.keys(choices).join(', ');
}

/** Every command, in the order of the help, with the action that is loaded to run it. */
export const commands: readonly ListedCommand[] = [
  listed(initCommand, () => init),
  listed(expandCommand, () => expand),
  listed(renderCommand, () => render),
  listed(validateCommand, () => validate),
  listed(importCommand, () => importAction),
  listed(injectCommand, () => inject),
  listed(lintCommand, () => lint),
  listed(diffCommand, () => diff),
  listed(iamCommand, () => iam),
  listed(paramsCommand, () => params),
  listed(capacityCommand, () => capacity),
  listed(runbookCommand, () => runbook),
  listed(doctorCommand, () => doctor),
  listed(statusCommand, () => status),
  listed(graphCommand, () => graph),
  listed(versionsCommand, () => versions),
  listed(environmentsCommand, () => environments),
  listed(schemaCommand, () => schema),
  listed(
    completionOf(() => commands),
    () => completion,
  ),
];

/** The command line with all options behind the command, where commander wants them: `-o json lint` is for `lint`. */
function optionsBehind(argv: readonly string[], program: Command): readonly string[] {
  const { leading, moved, rest } = parted(argv, program);
  const names = commandNames(rest, program);
  if (names.length > 0) return [...leading, ...names, ...moved, ...rest.slice(names.length)];
  const [word, topic] = rest;
  const topics = [undefined, HELP, ...program.commands.map(command => command.name())];
  if (word === HELP) return topic === undefined || topics.includes(topic) ? argv : [topic];
  return word === undefined || isOption(word) ? argv : [...leading, word];
}

/** The options of the program that stand first, those of a command, and the rest. */
type Parted = Readonly<Record<'leading' | 'moved' | 'rest', readonly string[]>>;

function parted(argv: readonly string[], program: Command): Parted {
  const [word = ''] = argv;
  if (!isOption(word)) return { leading: [], moved: [], rest: argv };
  const option = optionFor(word, program.options);
  const found = option ?? optionFor(word, program.commands.flatMap(optionsIn));
  const isAlone = word.startsWith('--') ? !word.includes('=') : word.length === 2;
  const words = argv.slice(0, found?.required === true && isAlone ? 2 : 1);
  const { leading, moved, rest } = parted(argv.slice(words.length), program);
  return option === undefined
    ? { leading, moved: [...words, ...moved], rest }
    : { leading: [...words, ...leading], moved, rest };
}

/** commander has this command, and does not list it. */
const HELP = 'help';

function isOption(word: string): boolean {
  return /^-./.test(word) && word !== '--';
}

function optionFor(word: string, options: readonly Option[]): Option | undefined {
  const name = word.startsWith('--') ? word.replace(/=.*/s, '') : word.slice(0, 2);
  return options.find(({ long, short }) => [long, short].includes(name));
}

function optionsIn(command: Command): readonly Option[] {
  return [...command.options, ...command.commands.flatMap(optionsIn)];
}

function commandNames([word, ...others]: readonly string[], above: Command): string[] {
  const found = above.commands.find(command => command.name() === word);
  return word === undefined || found === undefined ? [] : [word, ...commandNames(others, found)];
}
