import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { expect, test } from 'vitest';
import { renderReviewMarkdown } from '../../generator/diff/formats/markdown.ts';
import type { Review } from '../../generator/diff/review.ts';
import { LEVELS } from '../../generator/diff/risk.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { anyName, changeOf, environmentOf, reviewWith, riskOf } from './any-review.ts';
import { reviewOf } from './review-page.ts';

const MOST = 60_000;

function htmlOf(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** The elements in their order; how a message is cut into text and code is its own matter. */
function structureOf(html: string): string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag).filter(tag => !/^<\/?code\b/.test(tag));
}

/** What a forge looks through for mentions and references: all text that is no code. */
function textBesideCode(html: string): string {
  return html
    .replaceAll(/<(code|pre)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

const hostileNames = fc.array(anyName, { minLength: 1, maxLength: 7 });

test('no name changes the page: it has the elements that plain names give', async () =>
  await hold('elements of a page', 25, [hostileNames], names => {
    const plain = names.map(name => [...name].map(() => 'x').join(''));
    expect(structureOf(htmlOf(renderReviewMarkdown(reviewWith(names))))).toEqual(
      structureOf(htmlOf(renderReviewMarkdown(reviewWith(plain)))),
    );
  }));

test('no name mentions anybody, refers to anything, or hides anything', async () =>
  await hold('mentions on a page', 25, [hostileNames], names => {
    const markdown = renderReviewMarkdown(reviewWith(names));
    const html = htmlOf(markdown);
    expect(html).not.toContain('<a ');
    expect(markdown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(html.split('<!--')).toHaveLength(2);
    expect(textBesideCode(html)).not.toMatch(/[@#!$~%^&][\w"{]|\bGH-\d|:[\w+-]+:|:\/\/|\bwww\.\w/i);
  }));

const anyAmounts = fc.record({
  names: hostileNames,
  block: fc.oneof(fc.nat(5), fc.nat(5_000)),
  high: fc.oneof(fc.nat(5), fc.nat(500)),
  warn: fc.nat(500),
  changes: fc.nat(200),
  environments: fc.oneof(fc.nat(5), fc.nat(2_000)),
  length: fc.oneof(fc.nat(10), fc.nat(30_000)),
});

test('a page is never too long, never without a blocker, and says what it leaves out', async () =>
  await hold(
    'length of a page',
    15,
    [anyAmounts],
    ({ names, environments, changes, length, ...levels }) => {
      const name = (index: number): string => `${names[index % names.length]}${index}`;
      const many = <T>(count: number, of: (name: string) => T): T[] =>
        Array.from({ length: count }, (_, index) => of(name(index)));
      const review = reviewOf({
        environments: many(environments, environmentOf),
        risks: LEVELS.flatMap(level => many(levels[level], own => riskOf(level, own))),
        changes: many(changes, own => changeOf(own, 'y'.repeat(length))),
      });
      const markdown = renderReviewMarkdown(review);
      expect(markdown.length).toBeLessThanOrEqual(MOST);
      expect(markdown.startsWith('<!-- rem-secrets -->\n')).toBe(true);
      expect(blockersOn(markdown)).toBe(levels.block);
      expectAllOrSaid(markdown, review);
    },
  ));

function blockersOn(markdown: string): number {
  const [, after = ''] = markdown.split(/^#### Blockers \(\d+\).*\n\n/m);
  return risksIn(after.split('\n\n')[0] ?? '');
}

function risksIn(markdown: string): number {
  const lines = markdown.split('\n').filter(line => line.startsWith('- **<code>cluster-removed<'));
  return lines.reduce((sum, line) => {
    const [, ruled, alike] = /<\/code>\*\*(?:, (\d+):| (\d+) objects: )/.exec(line) ?? [];
    return sum + Number(ruled ?? alike ?? 1);
  }, 0);
}

/** Each kind is on the page in full, or its number of missing ones is said. */
function expectAllOrSaid(markdown: string, { risks, changes }: Review): void {
  const said = (noun: string): number =>
    Number(new RegExp(`(\\d+) ${noun}`).exec(markdown.split('**Left out')[1] ?? '')?.[1] ?? 0);
  const shown = (pattern: RegExp): number => [...markdown.matchAll(pattern)].length;
  expect(shown(/^changed |<summary>changed /gm) + said('changes')).toBe(changes.length);
  expect(shown(/^`{3,}diff$/gm) + said('details of changes') + said('changes')).toBe(
    changes.length,
  );
  const others = risks.filter(({ level }) => level !== 'block').length;
  const shownOthers = risksIn(markdown) - blockersOn(markdown);
  expect(shownOthers + said('high risks') + said('warn risks')).toBe(others);
}
