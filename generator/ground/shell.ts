import { maskMessage } from './mask/text.ts';

/**
 * A command for bash: what is put in is one word, or for a list a word each, whatever is in it. It stays on
 * one line, shows all of itself, and has nothing in it that looks like the value of a secret.
 */
export function sh(
  parts: TemplateStringsArray,
  ...words: readonly (string | readonly string[])[]
): string {
  return parts.reduce((text, part, index) => {
    const word = words[index - 1] ?? [];
    const quoted = typeof word === 'string' ? quote(word) : word.map(quote).join(' ');
    return quoted === '' ? text + part.replace(/^ /, '') : text + quoted + part;
  });
}

/** What means nothing to the shell; a command begins with a word of ours, so that nothing is assigned. */
const PLAIN = /^[\w./:@%+,=-]+$/;
/** What is seen, and nothing that a CI server would obey where a log shows it (`##[error]`). */
const SEEN = /^(?:[ -"$-~]|#(?!#))*$/;

function quote(word: string): string {
  const shown = maskMessage(word);
  if (PLAIN.test(shown)) return shown;
  if (SEEN.test(shown)) return `'${shown.replaceAll("'", `'\\''`)}'`;
  return `$'${shown.replaceAll(/[^ -~]|['\\#]/gu, escaped)}'`;
}

/** As `$'…'` reads it, in any locale. */
function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
