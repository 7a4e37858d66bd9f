import { expect, test } from 'vitest';
import { renderReviewMarkdown } from '../../generator/diff/formats/markdown.ts';
import { renderReviewText } from '../../generator/diff/formats/text.ts';
import type { BrokenSide } from '../../generator/diff/review.ts';
import { runMain } from '../machine.ts';
import { riskOf } from './any-review.ts';
import { commit, type Files, repositoryOf } from './repository.ts';
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

const DEPLOYMENT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n';

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
  const folder = repositoryOf({
    'app/kustomization.yaml': 'resources: [web.yaml]\nlabels: []\n',
    'app/web.yaml': DEPLOYMENT,
  });
  commit(folder, FAULTS[name] ?? {});
  const args = ['--format', format, 'diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  const { status, stdout, stderr } = await runMain(folder, args);
  expect(status, stdout).toBe(name === 'plugin' ? 2 : 1);
  expect(stdout + stderr).not.toMatch(/\/tmp\/|rem-secrets-\w{6}|\btree\//);
});

const APPLICATION = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec:
  project: default
  source: { repoURL: https://git.example/repo, path: apps/shop, targetRevision: main }
  destination: { server: https://kubernetes.default.svc, namespace: shop }
`;

test('a folder that goes and is still listed is a blocker, whatever else is not read, and no other unit is removed', async () => {
  const remote = 'https://git.example/other?ref=1';
  const folder = repositoryOf({
    'root/kustomization.yaml': `resources: [apps, '${remote}']\n`,
    'root/apps/kustomization.yaml': 'resources: [shop, web]\n',
    'root/apps/shop/kustomization.yaml': 'resources: [application.yaml]\n',
    'root/apps/shop/application.yaml': APPLICATION,
    'root/apps/web/kustomization.yaml': 'resources: [web.yaml]\n',
    'root/apps/web/web.yaml': DEPLOYMENT,
    'apps/shop/kustomization.yaml': 'resources: [shop.yaml]\n',
    'apps/shop/shop.yaml': DEPLOYMENT.replace('web', 'shop'),
  });
  commit(folder, {
    'root/apps/web/kustomization.yaml': undefined,
    'root/apps/web/web.yaml': undefined,
  });
  const { stdout } = await runMain(folder, 'diff --base rev:HEAD~1');
  expect(stdout).toContain('"root" cannot be built, so what applies it fails: there is no web');
  expect(stdout).not.toContain('(removed)');
});

const SET = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: shop, namespace: argocd }
spec:
  generators: [{ git: { repoURL: https://git.example/repo, revision: main, directories: [{ path: apps/* }] } }]
  template:
    metadata: { name: '{{ path.basename }}' }
    spec:
      project: default
      source: { repoURL: https://git.example/repo, path: '{{ path }}', targetRevision: main }
      destination: { server: https://kubernetes.default.svc, namespace: shop }
`;

test('what is built on one side alone is not compared with files, though it may need what was not read', async () => {
  const resources = "resources: [set.yaml, 'https://git.example/other?ref=1']\n";
  const folder = repositoryOf({
    'root/kustomization.yaml': resources,
    'root/set.yaml': SET,
    'apps/shop/kustomization.yaml': 'resources: [shop.yaml]\n',
    'apps/shop/shop.yaml': DEPLOYMENT,
  });
  const merged = 'configMapGenerator: [{ name: x, behavior: merge, literals: [a=b] }]\n';
  commit(folder, { 'root/kustomization.yaml': resources + merged });
  const { status, stdout } = await runMain(folder, 'diff --base rev:HEAD~1');
  expect({ status, stdout }).toMatchObject({
    status: 2,
    stdout: expect.stringContaining('\nenvironments: root (not read)\n'),
  });
  expect(stdout).toContain('; no object changes\n');
});
