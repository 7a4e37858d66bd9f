import { lineDiff, type Run } from './line-diff.ts';
import type { ShownField } from './review.ts';

/** A line of a value that differs, and the side that has it; `…` stands for lines that are left out. */
export interface ValueLine {
  readonly sign: '-' | '+' | ' ' | '…';
  readonly text: string;
}

/** How many unchanged lines stand around a change. */
const AROUND = 2;

/** So many lines of one field are shown. */
const MOST = 60;

/** What of a value differs, line by line: of a long text no more than that, and the lines around it. */
export function valueLines({ base, head }: ShownField): ValueLine[] {
  const [before, after] = [linesOf(base), linesOf(head)];
  const isPair = before.length > 1 && after.length > 1;
  const runs: Run[] = isPair
    ? lineDiff(before, after)
    : [{ isSame: false, base: before, head: after }];
  const lines = runs.flatMap((run, index) =>
    run.isSame
      ? around(run.lines, index === 0, index === runs.length - 1)
      : [...signed('-', run.base), ...signed('+', run.head)],
  );
  const more = lines.length - MOST;
  const shown = more > 1 ? [...lines.slice(0, MOST), left(more, 'more')] : lines;
  return [...shown, ...endOf(base, head)];
}

/** A break at the end of a text is the end of its last line, and begins none. */
function linesOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.replace(/\n$/, '').split('\n');
}

/** Nothing else would show that only one side ends with a break. */
function endOf(base: string | undefined, head: string | undefined): ValueLine[] {
  if (base === undefined || head === undefined) return [];
  const [before, after] = [base.endsWith('\n'), head.endsWith('\n')];
  if (before === after) return [];
  return [{ sign: '…', text: `${after ? 'base' : 'head'} has no line break at the end` }];
}

function around(lines: readonly string[], isFirst: boolean, isLast: boolean): ValueLine[] {
  const [above, below] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND];
  const count = lines.length - above - below;
  if (count < 2) return signed(' ', lines);
  return [
    ...signed(' ', lines.slice(0, above)),
    left(count, 'unchanged'),
    ...signed(' ', lines.slice(above + count)),
  ];
}

function signed(sign: ValueLine['sign'], lines: readonly string[]): ValueLine[] {
  return lines.map(text => ({ sign, text }));
}

function left(count: number, what: string): ValueLine {
  return { sign: '…', text: `${count} ${what} lines` };
}
