import type { Argument, Command, Option } from 'commander';
import type { ListedCommand } from '../command.ts';

/** What may stand at a place of a command line; an empty list: anything. */
export type Values = 'files' | 'environments' | readonly string[];

/** A flag by its names, with what may stand after it; without: nothing. */
interface CompletedFlag {
  readonly long: string;
  readonly short?: string;
  readonly values?: Values;
}

/** A command, or a part of one, as a shell completes it. */
export interface Completed {
  /** `params check`; empty: the program. */
  readonly name: string;
  /** The names of what it consists of. */
  readonly parts: readonly string[];
  readonly flags: readonly CompletedFlag[];
  readonly takes: Values;
}

/** The program, its commands, and their parts. What runs a command is loaded, for its formats. */
export function completedOf(program: Command, listed: readonly ListedCommand[]): Completed[] {
  const known = new Map(listed.map(one => [one.name, one.action()]));
  const formats = [...known.values()].map(action => Object.keys(action.formats));
  const own = completed('', program, { format: [...new Set(formats.flat())] });
  return [own, ...program.commands.flatMap(command => partsOf(command, '', program, known))];
}

type Actions = ReadonlyMap<string, ReturnType<ListedCommand['action']>>;

function partsOf(command: Command, above: string, program: Command, known: Actions): Completed[] {
  const name = `${above} ${command.name()}`.trim();
  const { formats = {}, outputs } = known.get(name.split(' ')[0] ?? '') ?? {};
  const words = { format: Object.keys(formats), output: Object.keys(outputs ?? formats) };
  const own = completed(name, command, words);
  const common = completed('', program, words).flags.filter(({ long }) => !ALONE.has(long));
  const flags = [...own.flags, ...common];
  const parts = command.commands.flatMap(part => partsOf(part, name, program, known));
  return [{ ...own, flags }, ...parts];
}

function completed(
  name: string,
  command: Command,
  words: Readonly<Record<string, readonly string[]>>,
): Completed {
  return {
    name,
    parts: command.commands.map(part => part.name()),
    flags: [...command.options.map(option => flagOf(option, words)), HELP],
    takes: valuesOf(command.registeredArguments[0]),
  };
}

/** Flags of the program that say nothing to a command, or that each has. */
const ALONE = new Set(['version', 'help']);

/** commander has it, and does not list it. */
const HELP: CompletedFlag = { long: 'help', short: 'h' };

function flagOf(option: Option, words: Readonly<Record<string, readonly string[]>>): CompletedFlag {
  const { long, short } = option;
  const name = (long ?? '').slice(2);
  const values = words[name] ?? option.argChoices ?? afterFlag(option);
  return {
    long: name,
    ...(short !== undefined && { short: short.slice(1) }),
    ...((option.required || option.optional) && { values }),
  };
}

/** By what the help says that it takes. */
function afterFlag({ flags, long }: Option): Values {
  if (long === '--environment' || flags.includes('<environment>')) return 'environments';
  return /<(?:file|folder|path\.\.\.|rev\|path)>/.test(flags) ? 'files' : [];
}

function valuesOf(argument: Argument | undefined): Values {
  if (argument?.name() === 'environment') return 'environments';
  if (argument?.name() === 'path') return 'files';
  return argument?.argChoices ?? [];
}
