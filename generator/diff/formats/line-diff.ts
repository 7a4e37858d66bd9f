import type { Json } from '../../core/json.ts';
import { firstAnd } from '../../report/text.ts';
import { renderValue } from '../../yaml/write.ts';
import { commonEnds } from '../field-changes.ts';
import type { ShownField } from '../review.ts';

interface ValueLine {
  readonly sign: '-' | '+' | ' ' | '…';
  readonly text: string;
}

const AROUND = 2;

const MOST = 60;

/** The lines of a value that differ, and a few around them. */
export function valueLines({ base, head }: ShownField): ValueLine[] {
  const [before, after] = [linesOfText(base), linesOfText(head)];
  const isPair = before.length > 1 && after.length > 1;
  const whole = { isSame: false, base: before, head: after } as const;
  const runs: FoldedRun[] = isPair ? foldedRuns(before, after, AROUND) : [whole];
  const lines = runs.flatMap(run => {
    if (!run.isSame) return [...signed('-', run.base), ...signed('+', run.head)];
    return run.isFolded ? [left(run.lines.length, 'unchanged')] : signed(' ', run.lines);
  });
  return [...firstAnd(lines, MOST, more => left(more, 'more')), ...endOf(base, head)];
}

function linesOfText(text: string | undefined): string[] {
  return text === undefined ? [] : text.replace(/\n$/, '').split('\n');
}

function endOf(base: string | undefined, head: string | undefined): ValueLine[] {
  const isAfter = head?.endsWith('\n');
  if (base === undefined || head === undefined || base.endsWith('\n') === isAfter) return [];
  return [{ sign: '…', text: `${isAfter ? 'base' : 'head'} has no line break at the end` }];
}

type Lines = readonly string[];

type FoldedRun = Run & { readonly isFolded?: true };

/** Two texts, line by line. Lines that both have and that are far from any change are folded, if they are two or more. */
export function foldedRuns(base: Lines, head: Lines, around: number): FoldedRun[] {
  const runs = lineDiff(base, head);
  return runs.flatMap((run, index): FoldedRun[] => {
    if (!run.isSame) return [run];
    const { lines } = run;
    const above = index === 0 ? 0 : around;
    const end = lines.length - (index === runs.length - 1 ? 0 : around);
    if (end - above < 2) return [run];
    const isSame = true;
    return [
      { isSame, lines: lines.slice(0, above) } as const,
      { isSame, lines: lines.slice(above, end), isFolded: true } as const,
      { isSame, lines: lines.slice(end) } as const,
    ].filter(part => part.lines.length > 0);
  });
}

function signed(sign: ValueLine['sign'], lines: Lines): ValueLine[] {
  return lines.map(text => ({ sign, text }));
}

function left(count: number, what: string): ValueLine {
  return { sign: '…', text: `${count} ${what} lines` };
}

export function linesOf(object: Json): string[] {
  return renderValue(object).trimEnd().split('\n');
}

/** Lines that both sides have, or lines of base that head replaces with others. */
export type Run =
  | { readonly isSame: true; readonly lines: Lines }
  | { readonly isSame: false; readonly base: Lines; readonly head: Lines };

/** If there are more pairs of lines, everything between the common ends counts as replaced. */
const MANY = 4_000_000;

/** Two texts, line by line: the longest common subsequence stays, and the rest is replaced. */
export function lineDiff(base: Lines, head: Lines): Run[] {
  const { start, end } = commonEnds(base, head, (a, b) => a === b);
  const before = base.slice(start, base.length - end);
  const after = head.slice(start, head.length - end);
  const isMany = before.length * after.length > MANY;
  const all: readonly Run[] = [
    { isSame: true, lines: base.slice(0, start) },
    ...(isMany ? [{ isSame: false, base: before, head: after } as const] : runs(before, after)),
    { isSame: true, lines: base.slice(base.length - end) },
  ];
  return all.filter(run => (run.isSame ? run.lines : [...run.base, ...run.head]).length > 0);
}

function runs(base: Lines, head: Lines): Run[] {
  const commonFrom = commonLengths(base, head);
  const found: Run[] = [];
  let [i, j] = [0, 0];
  while (i < base.length || j < head.length) {
    const sameStart = i;
    for (; i < base.length && base[i] === head[j]; i += 1) j += 1;
    const [baseStart, headStart] = [i, j];
    // At the end of both sides there is no line on either, which is the same.
    while (base[i] !== head[j])
      if (commonFrom(i + 1, j) >= commonFrom(i, j + 1)) i += 1;
      else j += 1;
    const differing = { base: base.slice(baseStart, i), head: head.slice(headStart, j) };
    const lines = base.slice(sameStart, baseStart);
    found.push({ isSame: true, lines }, { isSame: false, ...differing });
  }
  return found;
}

function commonLengths(base: Lines, head: Lines) {
  const width = head.length + 1;
  const lengths = new Uint32Array((base.length + 1) * width);
  const lengthAt = (i: number, j: number) => (j < width ? (lengths[i * width + j] ?? -1) : -1);
  for (let i = base.length - 1; i >= 0; i -= 1)
    for (let j = head.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        base[i] === head[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  return lengthAt;
}
