import { maskMessage } from './shown.ts';

/**
 * A command for bash, in which each value is one word, and each item of a list is one. It stays on one line, shows
 * every character, and holds nothing that looks like the value of a secret.
 */
export function sh(
  parts: TemplateStringsArray,
  ...words: readonly (string | readonly string[])[]
): string {
  return parts.reduce((text, part, index) => {
    const quoted = [words[index - 1] ?? []].flat().map(quote).join(' ');
    return quoted === '' ? text + part.replace(/^ /, '') : text + quoted + part;
  });
}

/** Means nothing to the shell. No `NAME=value` of a user can assign: a command begins with our word. */
const PLAIN = /^[\w./:@%+,=-]+$/;
/** Can be seen, and is nothing that a CI server obeys where a log shows it (`##[error]`). */
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
