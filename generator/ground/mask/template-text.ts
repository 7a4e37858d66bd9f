import { type Hide, hideSecrets } from '../secret-text.ts';

/** What a Go template reads, with its literal text gone: signs that part it stay. */
export function maskTemplate(text: string, hide: Hide): string {
  const parts = text.split(/(\{\{(?:(?!\{\{|\}\}).){0,4000}\}\})/s);
  const shown = parts.map((part, index) => {
    if (index % 2 === 1) return maskAction(part, hide);
    return /[^\W_]|[^\0-\x7f]/.test(part) ? hide(part) : part;
  });
  return shown.join('');
}

/** Functions whose texts are names, formats or signs. */
const PLAIN =
  /^(index|get|dig|hasKey|pluck|pick|omit|replace|split|splitList|join|trim\w*|filterPEM|filterCertChain|date|toDate|has(Prefix|Suffix)|contains)$/;

/** Texts in an action, one that has no end, a comment, a number: all may be the secret itself. */
const LITERAL =
  /"(?:[^"\\]|\\.){0,4000}"|`[^`]{0,4000}`|'[^']{0,4000}'|\/\*.{0,4000}?\*\/|["`].{1,4000}(?=\}\}$)|(?<![\w.$])\d{4,99}(?![\w.])/gs;

/** Texts inside of an action are literals too. */
function maskAction(action: string, hide: Hide): string {
  return hideSecrets(action, hide).replaceAll(LITERAL, (literal, at: number) => {
    if (/^\d/.test(literal)) return hide(literal);
    if (literal.startsWith('/*')) return `/* ${hide(literal)} */`;
    const isClosed = literal.length > 1 && literal.endsWith(literal[0] ?? '');
    if (!isClosed) return `"${hide(literal)} `;
    return isPlain(literal.slice(1, -1), functionBefore(action, at))
      ? literal
      : `"${hide(literal)}"`;
  });
}

function isPlain(literal: string, name: string): boolean {
  if (/^(%[sdqv]|[^\w\s]|\s){0,32}$/.test(literal)) return true;
  if (/^\.[a-z]{1,16}$/.test(literal)) return true;
  return PLAIN.test(name) && /^[\w.%/-]{0,32}$/.test(literal) && !/\d{3}/.test(literal);
}

/** The function that a text in an action is handed to. */
function functionBefore(action: string, at: number): string {
  const before = action.slice(0, at);
  const start = Math.max(before.lastIndexOf('|'), before.lastIndexOf('('), 1);
  return /[A-Za-z]\w{0,40}/.exec(before.slice(start))?.[0] ?? '';
}
