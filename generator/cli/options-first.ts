import type { Command, Option } from 'commander';

/**
 * A command line on which all options stand behind the command, as commander wants those of a command: who
 * knows kubectl writes `-o json lint` too. Of what names no command only that is left, to be refused: with
 * `--help`, commander would show the program's, as if it were one.
 */
export function optionsBehind(argv: readonly string[], program: Command): readonly string[] {
  const { own, moved, rest } = parted(argv, program);
  const names = commandNames(rest, program);
  if (names.length > 0) return [...own, ...names, ...moved, ...rest.slice(names.length)];
  const [word, asked] = rest;
  if (word === HELP) return asked === undefined || isCommand(asked, program) ? argv : [asked];
  return word === undefined || isOption(word) ? argv : [...own, word];
}

interface Parted {
  /** The program's options that stand first. */
  readonly own: readonly string[];
  /** Those of a command that stand first. */
  readonly moved: readonly string[];
  readonly rest: readonly string[];
}

function parted(argv: readonly string[], program: Command): Parted {
  const [word = ''] = argv;
  if (!isOption(word)) return { own: [], moved: [], rest: argv };
  const option = optionFor(word, program.options);
  const known = option ?? optionFor(word, program.commands.flatMap(optionsIn));
  const length = known?.required === true && isApart(word) ? 2 : 1;
  const words = argv.slice(0, length);
  const { own, moved, rest } = parted(argv.slice(length), program);
  return option === undefined
    ? { own, moved: [...words, ...moved], rest }
    : { own: [...words, ...own], moved, rest };
}

/** commander has this command, and does not list it. */
const HELP = 'help';

function isCommand(word: string, { commands }: Command): boolean {
  return word === HELP || commands.some(command => command.name() === word);
}

function isOption(word: string): boolean {
  return /^-./.test(word) && word !== '--';
}

/** Whether the value of an option, if it takes one, is the next word. */
function isApart(word: string): boolean {
  return word.startsWith('--') ? !word.includes('=') : word.length === 2;
}

function optionFor(word: string, options: readonly Option[]): Option | undefined {
  const [name] = word.split('=');
  return options.find(({ long, short }) =>
    word.startsWith('--') ? name === long : word.slice(0, 2) === short,
  );
}

function optionsIn(command: Command): readonly Option[] {
  return [...command.options, ...command.commands.flatMap(optionsIn)];
}

/** The words at the beginning that name a command, and a part of it. */
function commandNames([word, ...others]: readonly string[], above: Command): string[] {
  const found = above.commands.find(command => command.name() === word);
  return word === undefined || found === undefined ? [] : [word, ...commandNames(others, found)];
}
