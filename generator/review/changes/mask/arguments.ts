import type { Json } from '../../../ground/json.ts';
import { maskText } from '../../../ground/mask/text.ts';
import type { Hide } from '../../../ground/secret-text.ts';

/** Lists whose items are the words of a command. */
const COMMANDS = new Set(['args', 'command', 'cmd', 'entrypoint', 'arguments', 'extraArgs']);

/** Whether the items of a list are the words of a command. */
export function isCommand(field: string | number | undefined): boolean {
  return typeof field === 'string' && COMMANDS.has(field);
}

/**
 * A word of a command as it may be shown. Options of one letter mean something only behind the
 * program that knows them, so it is read behind the list's first word and the word before it.
 */
export function maskArgument(list: readonly Json[], index: number, hide: Hide): string {
  const word = String(list[index]);
  const program = index > 0 ? words(list[0], /^[^-\s]\S{0,99}$/) : '';
  const around = program + (index > 0 ? words(list[index - 1], /^--?[\w-]{1,99}$/) : '');
  const shown = maskText(around + word, 'command', hide);
  return shown.startsWith(around) ? shown.slice(around.length) : maskText(word, 'command', hide);
}

/** A word with a space behind it, or nothing where it is none that matters. */
function words(word: Json | undefined, form: RegExp): string {
  return typeof word === 'string' && form.test(word) ? `${word} ` : '';
}
