/** A cell, a line an entry. */
export type Cell = readonly string[];

/** A table for people: a row takes as many lines as its longest cell. */
export function tableText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = head.map((name, column) =>
    rows
      .flatMap(row => row[column] ?? [])
      .reduce((width, line) => Math.max(width, line.length), name.length),
  );
  const lines = [head.map(name => [name]), ...rows].flatMap(row => linesOf(row, widths));
  return `${lines.join('\n')}\n`;
}

function linesOf(row: readonly Cell[], widths: readonly number[]): string[] {
  const height = Math.max(...row.map(({ length }) => length));
  return Array.from({ length: height }, (_, index) =>
    row
      .map((cell, column) => (cell[index] ?? '').padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

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
