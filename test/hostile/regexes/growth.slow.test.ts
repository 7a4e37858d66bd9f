import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readText, root } from '../../machine.ts';

const generator = join(root, 'generator');

/** A regular expression of the sources, and where it stands. */
interface Written {
  readonly file: string;
  readonly expression: RegExp;
}

/** A literal behind what cannot end a value; a class may hold a slash. */
const LITERAL =
  /(?<=(?:[=(,:[!&|?{}>;]|return|yield|^)\s{0,80})\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]{0,8})(?=\s{0,80}(?:[.,;)\]}:&|?]|$))/gm;

const written: readonly Written[] = readdirSync(generator, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .sort()
  .flatMap(file => {
    const code = readText(generator, file).replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
    return [...code.matchAll(LITERAL)].flatMap(([, source = '', flags = '']): Written[] => {
      const expression = compiled(source, flags);
      return expression === undefined ? [] : [{ file, expression }];
    });
  });

function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, [...new Set(`${flags}g`)].join(''));
  } catch {
    return undefined; // A division, or a part of another text.
  }
}

/** What an expression may be slow on: its own letters, and what most of them look for. */
const FRAGMENTS = [
  'a', 'A', '0', ' ', '\t', '\n', '-', '_', '.', '/', '\\', '"', "'", '{', '}', '{{', '}}', '[', ']',
  '(', ')', '$(', '${', '$', '@', ':', '://', 'http://a', 'a.b', 'a-b.', 'a=b&', 'a=b ', '--a=', 'aB1',
  'eyJ', '#', ' #', ': ', '&a ', '*a ', '%', '---', '|', '>', '<', '~', ',', '+', '?', '!', ';',
] as const; // biome-ignore format: a table

const LENGTH = 2_000;

/** A text of so many characters, in one piece: a repeated one is joined when it is first looked at. */
function flood(fragment: string, length: number): string {
  return Buffer.from(fragment.repeat(Math.ceil(length / fragment.length))).toString('latin1');
}

/** Texts that begin, go on and end in a way that no expression expects. */
const common = new Map(
  [LENGTH, 4 * LENGTH].map(length => [
    length,
    FRAGMENTS.flatMap(fragment => [flood(fragment, length), `a${flood(fragment, length)}\u0000`]),
  ]),
);

/** Also of an expression's own letters, and behind them. */
function textsFor({ source }: RegExp, length: number): string[] {
  const own = source.match(/[a-z]{2,12}/gi)?.slice(0, 6) ?? [];
  const floods = [...FRAGMENTS, ...own].map(fragment => flood(fragment, length));
  return [
    ...(common.get(length) ?? []),
    ...floods.slice(FRAGMENTS.length).flatMap(text => [text, `a${text}\u0000`]),
    ...(own[0] === undefined ? [] : floods.map(text => `${own[0]}${text}\u0000`)),
  ];
}

/** As String.matchAll, which spends most of its time on making what it has found. */
function matchAll(expression: RegExp, text: string): void {
  expression.lastIndex = 0;
  for (let from = 0; expression.test(text); from = expression.lastIndex)
    if (expression.lastIndex === from) expression.lastIndex++;
}

/** CPU milliseconds of looking for all that matches in all texts. */
function costOf(expression: RegExp, texts: readonly string[]): number {
  const before = process.cpuUsage();
  for (const text of texts) matchAll(expression, text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function leastOf(runs: number, cost: () => number): number {
  return Math.min(...Array.from({ length: runs }, cost));
}

test('the sources have expressions, and this finds them', () =>
  expect(written.length).toBeGreaterThan(250));

/** CPU milliseconds below which nobody waits, whatever it grows by. */
const SHORT = 10;

/** How much longer an expression takes for four times the text; nothing where it is in proportion. */
function growthOf(expression: RegExp): string | undefined {
  const large = textsFor(expression, 4 * LENGTH);
  const first = costOf(expression, large);
  if (first < SHORT) return undefined;
  const small = textsFor(expression, LENGTH);
  const least = leastOf(3, () => costOf(expression, small));
  if (!isSlow(first, least)) return undefined;
  const most = leastOf(3, () => costOf(expression, large));
  return isSlow(most, least) ? `${least} → ${most} ms` : undefined;
}

/** The growth of one that is slow each time: what is near the limit is so once, on a busy machine. */
function lastingGrowthOf(expression: RegExp): string | undefined {
  return growthOf(expression) && growthOf(expression) && growthOf(expression);
}

const isSlow = (most: number, least: number): boolean => most > 10 * Math.max(least, 1);

test('one that is slow is found', () => {
  // On a busy machine one measurement may be blurred.
  const tries = Array.from({ length: 5 }, () => () => growthOf(/\s+$/g));
  expect(tries.some(measure => measure() !== undefined)).toBe(true);
});

test('no expression takes more than in proportion: four times the text is not ten times the work', () => {
  const slow = written.flatMap(({ file, expression }) => {
    const growth = lastingGrowthOf(expression);
    return growth === undefined ? [] : [`${file}: ${expression} ${growth}`];
  });
  expect(slow).toEqual([]);
});
