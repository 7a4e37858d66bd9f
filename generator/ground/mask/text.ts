import { type Hide, hideSecrets } from '../secret-text.ts';
import { maskForms } from './forms.ts';
import { maskLogins } from './logins.ts';
import { type Form, maskPairs } from './pairs.ts';
import { isSecretName } from './secret-name.ts';
import { isOpen } from './secret-value.ts';

/** A text with the secrets in it hidden, whatever it is: a setting, an address, a command, a file. */
export function maskText(text: string, form: Form, hide: Hide): string {
  if (ONE_WORD.test(text) || (form !== 'file' && !MAY_HOLD_SECRET.test(text)))
    return hideSecrets(text, hide);
  const lines =
    text.includes('\n') && form === 'file' ? maskFile(text, hide) : maskLines(text, form, hide);
  return hideSecrets(maskLogins(lines, hide), hide);
}

/** A name, a number, a path: most texts are. Nothing in it goes by a name. */
const ONE_WORD = /^[\w./]{1,200}(-[\w./]{1,200}){0,20}$/;

/** What no command, and no message that quotes one, has a secret without. */
const MAY_HOLD_SECRET = /[=@<$']|:[ \t"'[\\]|["']:|(?:^|\s)-|(?:bearer|basic|by)\s/i;

/** A message with the secrets hidden that the words it quotes may hold. */
export function maskMessage(text: string): string {
  return maskText(text, 'message', () => '…');
}

function maskLines(text: string, form: Form, hide: Hide): string {
  if (!text.includes('\n')) return maskLine(text, form, hide);
  return text
    .split('\n')
    .map(line => maskLine(line, form, hide))
    .join('\n');
}

function maskLine(line: string, form: Form, hide: Hide): string {
  return maskForms(maskPairs(line, form, hide), hide);
}

/** What of a file belongs to a secret that began on a line before. */
interface Open {
  /** Deeper lines are its block; in a list, those that are no pairs. */
  readonly indent?: number;
  readonly isList?: boolean;
  /** It ends with this quote, or with the first line that has no backslash at its end. */
  readonly end?: string;
}

/** A file of several lines, some of which only go on with the value of the line before. */
function maskFile(text: string, hide: Hide): string {
  let open: Open | undefined;
  const lines = text.split('\n').map(line => {
    if (open !== undefined && goesOn(line, open)) {
      if (isLast(line, open)) open = undefined;
      return isOpen(line) ? line : hiddenLine(line, hide);
    }
    open = opened(line);
    return maskLine(maskWords(line, hide), 'file', hide);
  });
  return lines.join('\n');
}

/** `password: |`, or a list of passwords, with what is below; a quote or a line that is not over. */
const BLOCK =
  /^([\s#;-]{0,200})["']?([A-Za-z_][\w.-]{0,99})["']?\s{0,9}[:=]\s{0,9}([|>][+-]?\d?[+-]?\s{0,9}|\s{0,9}|"""|'''|["'].{0,99999}|.{0,99999}\\)$/;

function opened(line: string): Open | undefined {
  const [, before = '', name = '', value = ''] = BLOCK.exec(line) ?? [];
  if (name === '' || !isSecretName(name)) return undefined;
  if (/^[|>]/.test(value)) return { indent: before.length };
  if (value.trim() === '') return { indent: before.length, isList: true };
  if (value === '"""' || value === "'''") return { end: value };
  if (value.endsWith('\\')) return { end: '\\' };
  const [quote = ''] = value;
  return value.length === 1 || !value.slice(1).includes(quote) ? { end: quote } : undefined;
}

function goesOn(line: string, { indent, isList = false }: Open): boolean {
  if (indent === undefined || line.trim() === '') return true;
  const depth = line.search(/\S/);
  if (isList)
    return depth >= indent && /^\s{0,200}(- )?\s{0,20}[^\s:=#][^\s:=]{0,99999}$/.test(line);
  return depth > indent;
}

function isLast(line: string, { end }: Open): boolean {
  if (end === undefined) return false;
  return end === '\\' ? !line.endsWith('\\') : line.includes(end);
}

function hiddenLine(line: string, hide: Hide): string {
  const [before = ''] = /^\s{0,999}(?:- )?/.exec(line) ?? [];
  return before + hide(line.trim());
}

/** `password:hunter2`, as .properties files have it, and `requirepass hunter2`, as redis.conf has. */
const WORDS =
  /^([\s#;]{0,99}([A-Za-z_][\w.-]{0,99})(?::|[ \t]{1,9}(?=\S{1,99999}$)))([^\s"'[{|>:/=].{0,99999})$/s;

function maskWords(line: string, hide: Hide): string {
  return line.replace(WORDS, (all: string, before: string, name: string, value: string) =>
    isSecretName(name) && !isOpen(value) ? before + hide(value) : all,
  );
}
