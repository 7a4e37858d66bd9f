import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentOf } from '../../generator/diff/formats/document.ts';
import { renderReviewMarkdown } from '../../generator/diff/formats/markdown.ts';
import { renderReviewText } from '../../generator/diff/formats/text.ts';
import type { Review } from '../../generator/diff/review.ts';
import { root, runMain } from '../machine.ts';
import { changeOf, reviewWith, riskOf } from './any-review.ts';
import { compared } from './repository.ts';
import { pageOf, reviewOf } from './review-page.ts';

const fault = {
  rule: 'invalid-object',
  message: 'there is no field "a"',
  field: 'spec.a',
} as const;
const finding = (severity: 'error' | 'warning'): Review['findings'][number] => ({
  ...fault,
  severity,
  environments: ['prod'],
});
const broken: Review['broken'] = [
  { side: 'head', environment: 'prod', finding: { ...fault, severity: 'error' } },
];

test.for<[Partial<Review>, headline: string]>([
  [{}, 'no risks'],
  [{ unseen: ['a chart'] }, 'no risks in what was read'],
  [{ findings: [finding('error')] }, '1 new error'],
  [{ findings: [finding('warning')] }, 'nothing blocks: 1 new warning'],
  [{ broken }, '1 environment was not read'],
  [{ broken, risks: [riskOf('high', 'db')] }, '1 high, and 1 environment was not read'],
  [{ risks: [riskOf('warn', 'a'), riskOf('high', 'b')] }, 'nothing blocks: 1 high, 1 warn'],
  [
    { risks: [riskOf('block', 'a'), riskOf('block', 'b')], findings: [finding('error')] },
    '2 blockers, 1 new error',
  ],
  [{ notices: [{ ...fault, severity: 'error' }] }, 'not everything could be read'],
])('the headline of %j is %s, in every format', ([parts, headline]) => {
  const review = reviewOf(parts);
  expect(documentOf(review).headline).toBe(headline);
  expect(renderReviewText(review)).toContain(`main → the working tree: ${headline}; `);
  expect(renderReviewMarkdown(review)).toContain(`### rem-secrets: ${headline}\n`);
  const shown = headline.slice(0, 1).toUpperCase() + headline.slice(1);
  expect(pageOf(review)).toContain(`</svg>${shown}</h1>`);
});

test('the order of sections, and their counts, are the same in Markdown and HTML', () => {
  const review = reviewWith(['a', 'b', 'c']);
  const { sections } = documentOf(review);
  const titles = sections.map(({ title, count }) => `${title} ${count}`);
  expect(titles).toHaveLength(12);
  const markdown = renderReviewMarkdown(review);
  const inMarkdown = markdown.matchAll(/^(?:#### |<details><summary>)([A-Z][\w ,]*) \((\d+)\)/gm);
  expect([...inMarkdown].map(([, title, count]) => `${title} ${count}`)).toEqual(titles);
  const inHtml = pageOf(review).matchAll(/<h2 id="\w+">([^<]*) <span class="count">(\d+)</g);
  expect([...inHtml].map(([, title, count]) => `${title} ${count}`)).toEqual(titles);
  const folded = sections.filter(({ isFolded }) => isFolded).map(({ id }) => id);
  for (const id of ['block', 'errors', 'high', 'unread']) expect(folded).not.toContain(id);
});

test('the worst three are sentences with the reader and the place', () => {
  const maker = { kind: 'Cluster', namespace: 'shop', name: 'db' };
  const secret = { namespace: 'shop', name: 'db-app', keys: [], isOpen: false, missingKeys: [] };
  const reader = { kind: 'Job', namespace: 'shop', name: 'report', how: ['env'] };
  const effect = {
    environments: ['prod'],
    head: { ...secret, state: 'missing', makers: [], readers: [{ ...reader, pickup: 'next run' }] },
    base: { ...secret, state: 'made', makers: [{ ...maker, sources: [] }], readers: [] },
    addedKeys: [],
    removedKeys: [],
    isSourceChanged: false,
  } as const;
  const alike = ['a', 'b', 'c'].map(name => riskOf('high', name, { rule: 'single-instance' }));
  const risks = [riskOf('block', 'db'), ...alike, riskOf('warn', 'web')];
  const text = renderReviewText(reviewOf({ risks, secrets: [effect] }));
  expect(text.split('\n').slice(2, 4)).toEqual([
    '1. block: the CNPG Cluster "db" is removed, and its volumes with it; its Secret is read by Job "report" (prod), rem-secrets.yaml:12:3',
    '2. high: the CNPG Cluster "a" is removed, and its volumes with it, and so it is with 2 more (prod), rem-secrets.yaml:12:3',
  ]);
});

test('each environment has the namespace of its own object', async () => {
  const folder = join(root, 'test/review/review');
  const args = '--format json diff --base base --head head';
  const { risks } = JSON.parse((await runMain(folder, args)).stdout);
  expect(risks).toContainEqual(
    expect.objectContaining({
      rule: 'secret-key-lost',
      environments: ['dev', 'prod', 'staging'],
      namespaces: ['rem-dev', 'rem', 'rem-staging'],
    }),
  );
});

test('what a comment has no room for is left out from the end, and the page is named', () => {
  const review = reviewOf({
    risks: Array.from({ length: 50 }, (_, index) => riskOf('warn', `w${index}`)),
    changes: Array.from({ length: 30 }, (_, index) => changeOf(`c${index}`, 'y'.repeat(9_000))),
  });
  const page = 'https://forge.example/runs/1';
  const markdown = renderReviewMarkdown(review, { page });
  expect(markdown.length).toBeLessThanOrEqual(60_000);
  expect(markdown).toContain('Warn (50)');
  expect(markdown).toMatch(
    /\*\*Left out, .*:\*\* \d+ details of changes\. \[The page review\.html\]/,
  );
  expect(markdown).toContain(`(${page})`);
  expect(renderReviewMarkdown(review)).toContain('<code>review.html</code>, which');
});

const deployment = (image: string, values: string, version: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }, { name: agent, image: "registry.example:5000/agent@sha256:${version.charCodeAt(0)}" }] }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: cache, namespace: shop }
spec:
  interval: 1h
  chart: { spec: { chart: valkey, version: "${version}", sourceRef: { kind: HelmRepository, name: a } } }
  values: { image: ${values} }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: charts, namespace: shop }
spec: { interval: 1h, url: "oci://registry.example/charts", ref: { tag: "v${version}" } }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: docs, namespace: argocd }
spec:
  project: default
  destination: { namespace: docs }
  source: { repoURL: "https://git.example/docs", path: docs, targetRevision: "release-${version}" }
`;

test('images, charts and sources of another version are told, majors first', async () => {
  const base = deployment('nginx:1.25', '{ repository: r/valkey, tag: "8.0.1" }', '1.0.0');
  const head = deployment(
    'nginx:1.27@sha256:0123456789',
    '{ repository: r/valkey, tag: "9" }',
    '2.1.0',
  );
  const diff = (format: string): Promise<string> => compared(base, head, format);
  const lines = (await diff('text')).split('\n');
  expect(lines.filter(line => /^(?:image|chart|source)\b/.test(line))).toEqual([
    'chart, major: valkey 1.0.0 → 2.1.0: HelmRelease shop/cache',
    'image, major: r/valkey:8.0.1 → 9: HelmRelease shop/cache',
    'source, major: oci://registry.example/charts v1.0.0 → v2.1.0: OCIRepository shop/charts',
    'source: https://git.example/docs release-1.0.0 → release-2.1.0: Application argocd/docs',
    'image: registry.example:5000/agent@sha256:49 → @sha256:50: Deployment shop/web',
    'image: nginx:1.25 → 1.27@sha256:01234567…: Deployment shop/web',
  ]);
  expect(JSON.parse(await diff('json')).versions[0]).toEqual({
    what: 'chart',
    name: 'valkey',
    base: '1.0.0',
    head: '2.1.0',
    isMajor: true,
    objects: [{ kind: 'HelmRelease', namespace: 'shop', name: 'cache', environment: '' }],
  });
});
