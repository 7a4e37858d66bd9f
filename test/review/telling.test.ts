import { expect, test } from 'vitest';
import { withShortNames } from '../../generator/diff/formats/entries.ts';
import { renderReviewMarkdown } from '../../generator/diff/formats/markdown.ts';
import { renderReviewText } from '../../generator/diff/formats/text.ts';
import type { ChangedObject, ChangeGroup } from '../../generator/diff/review.ts';
import { shownEnvironments } from '../../generator/diff/review.ts';
import { configMap as configMapOf } from '../manifests.ts';
import { environmentOf, riskOf } from './any-review.ts';
import { compared } from './repository.ts';
import { reviewOf } from './review-page.ts';

const configMap = (name: string, more: Partial<ChangedObject> = {}): ChangedObject => ({
  environment: 'apps/x',
  kind: 'ConfigMap',
  namespace: 'shop',
  name,
  ...more,
});

const group = (
  what: ChangeGroup['what'],
  objects: readonly ChangedObject[],
  more: Partial<ChangeGroup> = {},
): ChangeGroup => ({ what, objects, fields: [], manifests: () => ({}), ...more });

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];

test('many that come are a line, and all that go are named', () => {
  const outcome = 'deleted by Flux: Kustomization "x" prunes';
  const text = renderReviewText(
    reviewOf({
      changes: [
        ...letters.map(name => group('added', [configMap(name)])),
        ...letters.map(name => group('removed', [configMap(name, { outcome })])),
      ],
    }),
  );
  expect(text).toContain(
    `+ 12 ConfigMaps (apps/x): ${letters
      .slice(0, 8)
      .map(name => `shop/${name}`)
      .join(', ')}, and 4 more\n`,
  );
  const all = letters.map(name => `shop/${name}`);
  expect(text).toContain(`- 12 ConfigMaps (apps/x): ${all.join(', ')}; ${outcome}\n`);
});

test('what changes is told one by one, as its fields are', () => {
  const changes = letters.slice(0, 4).map(name => group('changed', [configMap(name)]));
  const text = renderReviewText(reviewOf({ changes }));
  expect(text).toContain('~ ConfigMap shop/a (apps/x)\n~ ConfigMap shop/b (apps/x)\n');
});

test('three of a kind are told one by one, and so is what was renamed', () => {
  const pair = { kind: 'ConfigMap', name: 'old' };
  const text = renderReviewText(
    reviewOf({
      changes: [
        ...letters.slice(0, 3).map(name => group('added', [configMap(name)])),
        group('replaced', [configMap('new', { pair, outcome: 'deleted by Flux' })]),
      ],
    }),
  );
  expect(text).toContain(
    '+ ConfigMap shop/c (apps/x)\n± ConfigMap shop/new, was ConfigMap old (apps/x); the old one is deleted by Flux',
  );
});

test('a move to another namespace is one entry, with the fields that differ', async () => {
  const made = (namespace: string, value: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: ${namespace} }\ndata: { a: "1", b: "${value}" }\n`;
  const diff = (format: string) => compared(made('web', '2'), made('site', '3'), format);
  expect(await diff('text')).toContain(
    '± ConfigMap site/settings, was ConfigMap web/settings; the old one is deleted if what applies it prunes, else left running\n    ~ data.b\n      - 2\n      + 3\n\n',
  );
  expect(JSON.parse(await diff('json')).changes).toMatchObject([
    { what: 'replaced', objects: [{ namespace: 'site', pair: { namespace: 'web' } }] },
  ]);
  expect(await diff('markdown')).toContain('@@ data.b @@\n- 2\n+ 3');
  expect((await diff('html')).match(/<article class="entry change/g)).toHaveLength(1);
});

test('what comes shows its content, folded, and no line of it ends the block', () => {
  const head = { kind: 'ConfigMap', data: { a: '```\n</details>' } };
  const markdown = renderReviewMarkdown(
    reviewOf({ changes: [group('added', [configMap('a')], { manifests: () => ({ head }) })] }),
  );
  expect(markdown).toContain(
    '<details><summary>added <code>ConfigMap shop/a</code> (<code>apps/x</code>)</summary>\n\n````diff\n+ kind: ConfigMap\n',
  );
  expect(markdown).toMatch(/^\+ +```$/m);
  expect(markdown.match(/^````/gm)).toHaveLength(2);
});

test('what only moves between two units is one entry', () => {
  const moved = letters.map(name => configMap(name, { movedFrom: 'apps/y' }));
  const review = reviewOf({ changes: [group('changed', moved)] });
  expect(renderReviewText(review)).toContain(
    '~ 12 objects from apps/y to apps/x: ConfigMap shop/a, ',
  );
  expect(renderReviewText(review)).toContain('ConfigMap shop/h, and 4 more\n');
  expect(renderReviewMarkdown(review)).toContain(
    'moved 12 objects from <code>apps/y</code> to <code>apps/x</code>: <code>ConfigMap shop/a</code>',
  );
});

test('risks that differ by a name are one in a comment, with one advice', () => {
  const risks = letters
    .slice(0, 6)
    .map(name => riskOf('block', name, { hint: `Keep "${name}".`, related: [] }));
  const markdown = renderReviewMarkdown(reviewOf({ risks: [...risks, riskOf('high', 'z')] }));
  expect(markdown).toContain('#### Blockers (6)');
  expect(markdown).toContain(
    '- **<code>cluster-removed</code>** 6 objects: the CNPG Cluster <code>…</code> is removed, and its volumes with it\n',
  );
  expect(markdown.match(/To do: Keep <code>…<\/code>\./g)).toHaveLength(1);
  for (const name of letters.slice(0, 6))
    expect(markdown).toContain(`  - <code>Cluster shop/${name}</code> (<code>prod</code>), at`);
  expect(markdown).toContain('High (1)');
});

test('the folder that all units are below is said once', () => {
  const names = [
    'kubernetes/apps/media/jellyfin',
    'kubernetes/apps/media-two',
    'kubernetes/apps/x',
  ];
  const review = reviewOf({
    environments: names.map(environmentOf),
    risks: [riskOf('warn', 'a', { environments: names.slice(0, 1) })],
    awsCalls: [
      {
        environment: 'kubernetes/apps/x',
        base: { calls: 0, dollars: 0 },
        head: { calls: 720, dollars: 0 },
      },
    ],
  });
  const short = withShortNames(review);
  expect(short.below).toBe('kubernetes/apps/');
  expect(short.review.environments.map(({ name }) => name)).toEqual([
    'media/jellyfin',
    'media-two',
    'x',
  ]);
  const text = renderReviewText(review);
  expect(text.split('\n')[1]).toBe('all below kubernetes/apps/');
  expect(text).toContain('warn: Cluster shop/a (media/jellyfin): ');
  expect(text).toContain('\nAWS (x): 0 calls');
});

const APART: readonly (readonly string[])[] = [
  ['apps/a', 'apps/b'],
  ['kubernetes/apps/a'],
  ['kubernetes/apps/a', 'clusters/main/flux'],
  ['kubernetes', 'kubernetes/apps/a'],
  ['prod (Application argocd/one-of-long-name)', 'prod (Application argocd/one-of-two)'],
];

test.for(APART.map(names => ({ names })))('nothing is left out of $names', ({ names }) => {
  const review = reviewOf({ environments: names.map(environmentOf) });
  expect(withShortNames(review)).toEqual({ review, below: '' });
});

test('of 250 units those are shown in which something happens', () => {
  const quiet = { added: 0, removed: 0, changed: 0, risks: { block: 0, high: 0, warn: 0 } };
  const names = Array.from({ length: 250 }, (_, index) => `apps/app-${index}`);
  const environments = names.map((name, index) => ({
    ...environmentOf(name),
    ...(index > 0 && quiet),
    ...(index === 1 && { presence: 'broken' as const }),
    ...(index === 2 && { added: 1 }),
  }));
  const finding = { rule: 'a', severity: 'warning', message: 'a', field: '' } as const;
  const review = reviewOf({
    environments,
    findings: [{ ...finding, environments: ['apps/app-3'] }],
  });
  expect(shownEnvironments(review).map(({ name }) => name)).toEqual(names.slice(0, 4));
  expect(renderReviewMarkdown(review)).toContain('; 246 without changes.\n');
});

test('of a long text the lines that differ are shown, and those around them', () => {
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index}`);
  const base = lines.join('\n');
  const head = lines.with(200, 'other').join('\n');
  const fields = [{ what: 'changed', field: 'data[a]', base, head, isHidden: false } as const];
  const review = reviewOf({ changes: [group('changed', [configMap('a')], { fields })] });
  expect(renderReviewText(review)).toContain(`    ~ data[a]
      … 198 unchanged lines
        line 198
        line 199
      - line 200
      + other
        line 201
        line 202
      … 197 unchanged lines
`);
  expect(renderReviewMarkdown(review)).toContain(`@@ data[a] @@
@@ 198 unchanged lines @@
  line 198
  line 199
- line 200
+ other
  line 201
`);
});

test('of a long text that comes the beginning is shown', () => {
  const head = Array.from({ length: 400 }, (_, index) => `line ${index}`).join('\n');
  const fields = [{ what: 'added', field: 'data[a]', head, isHidden: false } as const];
  const text = renderReviewText(
    reviewOf({ changes: [group('changed', [configMap('a')], { fields })] }),
  );
  expect(text).toContain('      + line 0\n      + line 1\n');
  expect(text).toContain('      + line 59\n      … 340 more lines\n');
});

test('of many that change in one way a text names eight', async () => {
  const maps = (value: string): string =>
    Array.from({ length: 10 }, (_, index) => configMapOf(`m${index}`, `{ a: ${value} }`)).join(
      '---\n',
    );
  const stdout = await compared(maps('b'), maps('c'));
  const lines = stdout.split('\n').filter(line => line.startsWith('~'));
  expect(lines).toHaveLength(9);
  expect(lines.at(-1)).toBe('~ 2 more, in the same way');
});
