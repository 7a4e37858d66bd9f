import { expect, test } from 'vitest';
import { fill, type Part, renderReviewMarkdown } from '../../generator/diff/formats/markdown.ts';
import { prose } from '../../generator/report/document.ts';
import { riskOf } from './any-review.ts';
import { reviewOf } from './review-page.ts';

test('blockers that do not fit one by one are counted by rule, with names', () => {
  const risks = Array.from({ length: 5_000 }, (_, index) =>
    riskOf('block', `db-${index}`, {
      rule: index % 5 === 0 ? 'database-removed' : 'cluster-removed',
    }),
  );
  const markdown = renderReviewMarkdown(reviewOf({ risks }));
  expect(markdown).toContain('### rem-secrets: 5000 blockers');
  expect(markdown).toMatch(
    /^- \*\*<code>cluster-removed<\/code>\*\*, 4000: .*db-1<.* and \d+ more$/m,
  );
  expect(markdown).toMatch(
    /^- \*\*<code>database-removed<\/code>\*\*, 1000: .*db-0<.* and \d+ more$/m,
  );
});

function part(noun: string, count: number): Part {
  const unit = {
    text: `${noun} ${'.'.repeat(4 - noun.length)}`,
    full: `${noun} ${'.'.repeat(9 - noun.length)}`,
    count: 1,
  };
  return { noun, before: '', units: Array(count).fill(unit), after: '' };
}

test.for([
  [40, []],
  [39, ['1 details of b']],
  [30, ['2 details of b']],
  [29, ['1 b', '1 details of b']],
  [20, ['2 b']],
  [19, ['1 details of a', '2 b']],
  [9, ['1 a', '1 details of a', '2 b']],
  [0, ['2 a', '2 b']],
] as const)('of a page of %i characters these are left out: %j', ([room, left]) => {
  const { left: found, texts } = fill([part('a', 2), part('b', 2)], room);
  expect(found.map(({ noun, count }) => `${count} ${noun}`)).toEqual(left);
  expect(texts.join('').length).toBeLessThanOrEqual(room);
});

test.for([
  ['$1$'.concat('{{ x }}'), '&#36;&#8203;1&#36;&#8203;&#123;&#123; x &#125;&#125;'],
  ['#{a}', '&#35;&#8203;&#123;a&#125;'],
  ['%{a}', '&#37;&#8203;&#123;a&#125;'],
  ['$ {a}', '&#36; &#123;a&#125;'],
  ['#1 %"a"', '&#35;&#8203;1 %<code>a</code>'],
] as const)('%j outside of code refers to nothing', ([text, shown]) => {
  expect(prose(text)).toBe(shown);
});
