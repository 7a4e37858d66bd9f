/** A text, and the part of it that the other side has not. */
export interface Differing {
  readonly before: string;
  readonly middle: string;
  readonly after: string;
}

/** Two texts with the words between their common ends; nothing is marked where little is common. */
export function differing(
  base: string,
  head: string,
): { readonly base: Differing; readonly head: Differing } {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && base[start] === head[start]) start += 1;
  while (isInWord(base, start) || isInWord(head, start)) start -= 1;
  let end = 0;
  while (end < shorter - start && base.at(-1 - end) === head.at(-1 - end)) end += 1;
  while (isInWord(base, base.length - end) || isInWord(head, head.length - end)) end -= 1;
  const indent = /^[\s-]*/.exec(base)?.[0].length ?? 0;
  if ((start + end - indent) * 3 < shorter - indent)
    return { base: whole(base), head: whole(head) };
  return { base: parted(base, start, end), head: parted(head, start, end) };
}

/** A text with no part marked. */
export function whole(text: string): Differing {
  return { before: text, middle: '', after: '' };
}

/** Whether a place in a text has a letter or digit on both sides, or half a character. */
function isInWord(text: string, at: number): boolean {
  const around = text.slice(Math.max(0, at - 1), at + 1);
  if (at === 0 || around.length < 2) return false;
  return /^[\p{L}\p{N}]{2}$/u.test(around) || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(around);
}

function parted(text: string, start: number, end: number): Differing {
  const last = text.length - end;
  return { before: text.slice(0, start), middle: text.slice(start, last), after: text.slice(last) };
}
