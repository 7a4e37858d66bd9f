/** Words with commas between, in lines no longer than a width where words allow. */
export function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word},`;
    const last = lines.at(-1);
    if (last === undefined || last.length + text.length >= width) lines.push(text);
    else lines.splice(-1, 1, `${last} ${text}`);
  }
  return lines;
}
