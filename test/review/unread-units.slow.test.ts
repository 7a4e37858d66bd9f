import { expect, test } from 'vitest';
import { renderReviewMarkdown } from '../../generator/diff/formats/markdown.ts';
import { renderReviewText } from '../../generator/diff/formats/text.ts';
import type { BrokenSide } from '../../generator/diff/review.ts';
import { riskOf } from './any-review.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { changed, type Files } from './repository.ts';
import { pageOf, reviewOf } from './review-page.ts';

function broken(side: BrokenSide['side'], message: string, environment = 'apps/shop'): BrokenSide {
  const at = { file: `${side}/kustomization.yaml`, line: 3, column: 1 };
  const hint = 'Mend it.';
  const finding = { rule: 'unreadable', severity: 'error', message, hint, field: '', at } as const;
  return { side, environment, finding };
}

const BOTH = ['base', 'head'] as const;

test('a unit is one line below the risks, with the first sentence of its reason', () => {
  const review = reviewOf({
    risks: [riskOf('block', 'db')],
    broken: [
      ...BOTH.map(side => broken(side, 'it has no end. Error: open /a/b: a dump\nof lines')),
      broken('head', 'another reason'),
    ],
  });
  const line =
    'not read: apps/shop (1 more reason on the head side): it has no end\n  at head/kustomization.yaml:3:1';
  const text = renderReviewText(review);
  expect(text).toContain(`\n\n${line}\n`);
  expect(text.indexOf(line)).toBeGreaterThan(text.indexOf('block: Cluster shop/db'));
  expect(text).not.toContain('dump');

  const markdown = renderReviewMarkdown(review);
  expect(markdown).toContain('### rem-secrets: 1 blocker, and 1 environment was not read');
  expect(markdown).toContain('- <code>apps/shop</code> (1 more reason on the head side): it');
  expect(markdown.indexOf('#### Not read')).toBeGreaterThan(markdown.indexOf('#### Blockers'));
});

test('what to do about several units is said of the first', () => {
  const review = reviewOf({
    broken: [
      broken('base', 'no end', 'a'),
      broken('head', 'no start', 'a'),
      broken('head', 'no', 'b'),
    ],
  });
  expect(renderReviewText(review)).toContain(`
not read: a (base side; 1 more reason on the head side): no end
  at base/kustomization.yaml:3:1
  To do: Mend it.
not read: b (head side): no
  at head/kustomization.yaml:3:1
`);
  expect(renderReviewMarkdown(review).match(/Mend it/g)).toHaveLength(1);
  expect(pageOf(review).match(/To do: Mend it\./g)).toHaveLength(1);
});

/** Ways in which a kustomization does not build, of which kustomize tells with the paths it was given. */
const FAULTS: Readonly<Record<string, Files>> = {
  absent: { 'app/kustomization.yaml': 'resources: [absent.yaml]\n' },
  outside: { 'app/kustomization.yaml': 'resources: [../../../etc/passwd]\n' },
  cycle: { 'app/kustomization.yaml': 'resources: [.]\n' },
  'no YAML': { 'app/web.yaml': 'a: [\n' },
  twice: { 'app/kustomization.yaml': 'resources: [web.yaml, web.yaml]\n' },
  patch: { 'app/kustomization.yaml': 'resources: [web.yaml]\npatches: [{ path: web.txt }]\n' },
  field: { 'app/kustomization.yaml': 'resources: [web.yaml]\nno_such_field: 1\n' },
  merge: {
    'app/kustomization.yaml':
      'configMapGenerator: [{ name: a, behavior: merge, files: [absent.txt] }]\n',
  },
  plugin: {
    'app/kustomization.yaml': 'resources: [web.yaml]\ngenerators: [plugin.yaml]\n',
    'app/plugin.yaml': 'apiVersion: a.example.org/v1\nkind: Plug\nmetadata: { name: a }\n',
  },
};

/** Every fault, and every format: the message of a fault is the same in all of them. */
const told = [
  ...Object.keys(FAULTS).map(name => [name, 'json'] as const),
  ...['text', 'markdown', 'html', 'sarif'].map(format => ['absent', format] as const),
];

test.for(told)('no message has a path of the built folder: %s, %s', async ([name, format]) => {
  const before = {
    'app/kustomization.yaml': 'resources: [web.yaml]\nlabels: []\n',
    'app/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n',
  };
  const ran = await changed(before, FAULTS[name] ?? {}, '--format', format);
  const { status, stdout, stderr } = ran;
  expect(status, stdout).toBe(name === 'plugin' ? 2 : 1);
  expect(stdout + stderr).not.toMatch(/\/tmp\/|rem-secrets-\w{6}|\btree\//);
});

test.for(casesIn('unread-units.yaml'))('%s', ([, one]) => expectOfCommits(one));
