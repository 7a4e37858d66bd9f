/** A text with what an expression matches filled in; undefined: it would have more than `most` characters. */
export function filledText(
  text: string,
  matches: RegExp,
  fill: (match: RegExpExecArray) => string,
  most: number,
): string | undefined {
  const parts: string[] = [];
  let [end, length] = [0, text.length];
  for (const match of text.matchAll(matches)) {
    const fresh = fill(match);
    length += fresh.length - match[0].length;
    if (length > most) return undefined;
    parts.push(text.slice(end, match.index), fresh);
    end = match.index + match[0].length;
  }
  return parts.join('') + text.slice(end);
}

/** Texts as one, with a separator between; undefined: it would have more than `most` characters. */
export function joinedTexts(
  texts: readonly string[],
  separator: string,
  most: number,
): string | undefined {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  return length > most ? undefined : texts.join(separator);
}
