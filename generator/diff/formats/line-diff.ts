import type { Json } from '../../core/json.ts';
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
  const more = lines.length - MOST;
  const shown = more > 1 ? [...lines.slice(0, MOST), left(more, 'more')] : lines;
  return [...shown, ...endOf(base, head)];
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

function signed(sign: ValueLine['sign'], lines: readonly string[]): ValueLine[] {
  return lines.map(text => ({ sign, text }));
}

function left(count: number, what: string): ValueLine {
  return { sign: '…', text: `${count} ${what} lines` };
}

/** A manifest as lines of YAML. */
export function linesOf(object: Json): string[] {
  return renderValue(object).trimEnd().split('\n');
}

/** Lines that both sides have, or lines of base that head replaces with others. */
export type Run =
  | { readonly isSame: true; readonly lines: readonly string[] }
  | { readonly isSame: false; readonly base: readonly string[]; readonly head: readonly string[] };

/** If there are more pairs of lines, everything between the common ends counts as replaced. */
const MANY = 4_000_000;

/** Two texts, line by line: the longest common subsequence stays, and the rest is replaced. */
export function lineDiff(base: readonly string[], head: readonly string[]): Run[] {
  const { start, end } = commonEnds(base, head, (a, b) => a === b);
  const before = base.slice(start, base.length - end);
  const after = head.slice(start, head.length - end);
  const isMany = before.length * after.length > MANY;
  const same = (lines: Lines): Run[] => (lines.length === 0 ? [] : [{ isSame: true, lines }]);
  return [
    ...same(base.slice(0, start)),
    ...(isMany ? [{ isSame: false, base: before, head: after } as const] : runs(before, after)),
    ...same(base.slice(base.length - end)),
  ];
}

function runs(base: readonly string[], head: readonly string[]): Run[] {
  const steps = [...stepsOf(base, head)];
  const found: Run[] = [];
  let [i, j] = [0, 0];
  for (let at = 0; at < steps.length; ) {
    const [baseStart, headStart] = [i, j];
    const isSame = steps[at] === 'both';
    for (; at < steps.length && (steps[at] === 'both') === isSame; at += 1) {
      if (steps[at] !== 'head') i += 1;
      if (steps[at] !== 'base') j += 1;
    }
    const [before, after] = [base.slice(baseStart, i), head.slice(headStart, j)];
    found.push(isSame ? { isSame, lines: before } : { isSame, base: before, head: after });
  }
  return found;
}

function* stepsOf(base: readonly string[], head: readonly string[]) {
  const commonFrom = commonLengths(base, head);
  let [i, j] = [0, 0];
  while (i < base.length || j < head.length) {
    const isBase = commonFrom(i + 1, j) >= commonFrom(i, j + 1);
    const next = base[i] === head[j] ? 'both' : isBase ? 'base' : 'head';
    yield next;
    if (next !== 'head') i += 1;
    if (next !== 'base') j += 1;
  }
}

function commonLengths(base: readonly string[], head: readonly string[]) {
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
