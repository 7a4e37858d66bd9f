import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../machine.ts';

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
    const code = readFileSync(join(generator, file), 'utf8').replaceAll(
      /^\s*(?:\/\/|\*|\/\*).*$/gm,
      '',
    );
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

/** What is put together from parts, by file: each is tried through its function, or is of our own texts. */
const PUT_TOGETHER: readonly string[] = [
  'cli/init/ask.ts',
  'ground/go-template/go-template-tokens.ts',
  'ground/mask/secret-name.ts',
  'ground/secret-text.ts',
];

/** What an expression may be slow on: its own letters, and what most of them look for. */
const FRAGMENTS = [
  'a', 'A', '0', ' ', '\t', '\n', '-', '_', '.', '/', '\\', '"', "'", '{', '}', '{{', '}}', '[', ']',
  '(', ')', '$(', '${', '$', '@', ':', '://', 'http://a', 'a.b', 'a-b.', 'a=b&', 'a=b ', '--a=', 'aB1',
  'eyJ', '#', ' #', ': ', '&a ', '*a ', '%', '---', '|', '>', '<', '~', ',', '+', '?', '!', ';',
] as const; // biome-ignore format: a table

const LENGTH = 4_000;

/** Texts of so many characters that begin, go on and end in a way that no expression expects. */
function textsFor({ source }: RegExp, length: number): string[] {
  const own = source.match(/[a-z]{2,12}/gi)?.slice(0, 6) ?? [];
  return [...FRAGMENTS, ...own].flatMap(fragment => {
    const flood = fragment.repeat(Math.ceil(length / fragment.length));
    return [flood, `a${flood}\u0000`, `${own[0] ?? ''}${flood}\u0000`];
  });
}

/** CPU milliseconds of looking for all that matches in all texts, the least of three. */
function costOf(expression: RegExp, texts: readonly string[]): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    for (const text of texts) for (const _ of text.matchAll(expression));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

test('the sources have expressions, and this finds them', () => {
  expect(written.length).toBeGreaterThan(250);
});

test('what is put together is known', () => {
  const files = readdirSync(generator, { recursive: true, encoding: 'utf8' }).filter(
    file =>
      file.endsWith('.ts') && readFileSync(join(generator, file), 'utf8').includes('new RegExp('),
  );
  expect(files.sort()).toEqual([...PUT_TOGETHER].sort());
});

/** Below this nobody waits, whatever it grows by. */
const SHORT = 40;

test('no expression takes more than in proportion: four times the text is not ten times the work', () => {
  const slow = written.flatMap(({ file, expression }) => {
    const large = textsFor(expression, 4 * LENGTH);
    const most = costOf(expression, large);
    if (most < SHORT) return [];
    const least = costOf(expression, textsFor(expression, LENGTH));
    return most > 10 * Math.max(least, 1) ? [`${file}: ${expression} ${least} → ${most} ms`] : [];
  });
  expect(slow).toEqual([]);
});
