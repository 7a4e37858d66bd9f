import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderReviewJson } from '../../generator/diff/formats/json.ts';
import { commands } from '../../generator/main.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { alone, exits, folderOf, root, runMain } from '../machine.ts';
import { brokenCluster } from '../operate/doctor/broken-clusters.ts';
import { anyName, reviewWith } from '../review/any-review.ts';
import { specOf } from '../spec-text.ts';
import { casesIn, expectDocument, isReport } from './documents.ts';

test.for(['expand', 'render', 'validate', 'graph', 'environments'])('%s, faulty', async name => {
  const folder = folderOf([['rem-secrets.yaml', 'kind: [\n']]);
  expectDocument('findings', (await runMain(folder, ['--format', 'json', name])).stdout);
});

test('lint of files that cannot be read, and of a wrong config', async () => {
  const folder = folderOf([
    ['broken.yaml', 'a: [\n'],
    ['kustomization.yaml', 'resources: [absent.yaml]\n'],
    ['wrong.yaml', 'acept: []\n'],
  ]);
  for (const args of [['.'], ['.', '--config', 'wrong.yaml']])
    expectDocument('lint', (await runMain(folder, ['--format', 'json', 'lint', ...args])).stdout);
});

test('validate of manifests', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a, nmae: b }\n';
  const { stdout } = await runMain(folderOf([['bad.yaml', namespace]]), '--format json validate .');
  expect(JSON.parse(stdout).findings).toHaveLength(1);
  expectDocument('findings', stdout);
});

test('diff of what cannot be read, with acknowledgements that nothing needs', async () => {
  const folder = folderOf([
    ['base/a.yaml', 'a: [\n'],
    ['head/kustomization.yaml', 'resources: [absent.yaml]\n'],
    ['wrong.yaml', 'acknowledge: [{ rule: none, object: A/a/a, reason: b }]\n'],
  ]);
  const sides = ['--base', 'base', '--head', 'head', '--acknowledgements', 'wrong.yaml'];
  expectDocument('diff', (await runMain(folder, ['--format', 'json', 'diff', ...sides])).stdout);
});

test('a review of everything that there can be', async () =>
  await hold('schema of a review', 20, [fc.array(anyName, { minLength: 1, maxLength: 5 })], names =>
    expectDocument('diff', renderReviewJson(reviewWith(names))),
  ));

test('params list', async () => {
  const args = '--format json params list in.yaml';
  expectDocument(
    'entries',
    (await runMain(alone(join(root, 'test/operate/params/list/in.yaml')), args)).stdout,
  );
});

test('import, also of what no spec can hold', async () => {
  const args = '--format json import --out new overlays/dev overlays/prod';
  const folder = folderOf();
  cpSync(join(root, 'test/adopt/shop'), folder, { recursive: true });
  expectDocument('import', (await runMain(folder, args)).stdout);
  const leak =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: b }\ndata: { URL: postgresql://a:hunter2@b/c }\n';
  expectDocument(
    'import',
    (await runMain(folderOf([['a.yaml', leak]]), '--format json import .')).stdout,
  );
});

test('doctor', async () => {
  for (const name of [undefined, 'secret-deleted', 'initdb-waits'])
    expectDocument('doctor', (await brokenCluster(name).doctor('json')).stdout);
});

test('status', async () => {
  const { files } = brokenCluster('not-refreshed');
  const folder = folderOf([
    ['rem-secrets.yaml', STATUS_SPEC],
    ...[...files].map(([name, list]): [string, string] => [`dump/${name}`, JSON.stringify(list)]),
  ]);
  expect((await runMain(folder, 'expand')).status).toBe(0);
  const args = '--format json status --from dump -e dev';
  expectDocument('status', (await runMain(folder, args)).stdout);
});

const STATUS_SPEC = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: stripe-key } }, absent: { manual: [key] } }
workloads: { api: { image: 'shop/api:1', env: { KEY: { secret: absent, key: key } } } }
environments: { dev: {}, prod: {} }
`);

test.for(casesIn('test/graph'))('%s', async path => {
  const args = 'graph --output json manifests.yaml';
  expectDocument('graph', (await runMain(alone(join(root, path, 'manifests.yaml')), args)).stdout);
});

test.for(casesIn('test/operate/capacity/cases'))('%s', async path => {
  const args = '--format json capacity in.yaml';
  expectDocument('capacity', (await runMain(join(root, path), args)).stdout);
});

test.for(casesIn('test/operate/iam'))('%s', async path => {
  expectDocument('iam', (await runMain(join(root, path), '--format json iam in.yaml')).stdout);
});

/** Each command that has JSON, with what is right, wrong, absent and misspelt. */
test.for([
  ['findings', 0, 'expand'],
  ['findings', 0, 'expand --check'],
  ['environments', 0, 'environments'],
  ['variables', 0, 'expand --explain-values'],
  ['init', 0, 'init --yes --no-spec --ci github --uses a/b@1'],
  ['inventory', 0, 'params inventory'],
  ['page', 0, 'lint --explain unknown-secret'],
  ['page', 0, 'diff --explain data-removed'],
  ['findings', 0, 'params copy --from dev --to prod'],
  ['findings', 1, 'validate absent.yaml'],
  ...['iam', 'params list', 'params inventory', 'capacity', 'status --from .'].map(
    command => ['findings', 1, `${command} -e pord`] as const,
  ),
  ...['lint', 'iam', 'params list', 'capacity', 'runbook', 'versions', 'graph'].map(
    command => ['failure', 2, `${command} absent.yaml`] as const,
  ),
  ...commands.map(({ name }) => ['failure', 2, `${name} --bogus`] as const),
] as const)('%s, exit %i: %s', async ([kind, code, line]) => {
  const folder = folderOf();
  cpSync(join(root, 'examples/shop'), folder, { recursive: true });
  const { stdout } = exits(code, await runMain(folder, [...line.split(' '), '-o', 'json']));
  expectDocument(kind, stdout);
});

test.for([
  'iam',
  'params list',
  'params inventory',
  'params check',
  'params put /a',
  'capacity',
  'status --from .',
  'versions',
])('%s of a wrong spec is a document', async line => {
  const folder = folderOf([['rem-secrets.yaml', 'kind: [\n']]);
  const { stdout } = exits(1, await runMain(folder, ['--format', 'json', ...line.split(' ')]));
  expectDocument('findings', stdout);
});

test('versions, and lint in versions', async () => {
  expectDocument('versions', (await runMain(folderOf(), 'versions -o json')).stdout);
  const args = 'lint ok.yaml -o json --versions kubernetes=1.34';
  const ok = join(root, 'test/lint/rules/unknown-secret/ok.yaml');
  expectDocument('lint', (await runMain(alone(ok), args)).stdout);
});

test('a field beyond the schema, or one that is missing, is a fault', async () => {
  const args = '--format json lint bad.yaml';
  const bad = join(root, 'test/lint/rules/unknown-secret/bad.yaml');
  const report = JSON.parse((await runMain(alone(bad), args)).stdout);
  const { hint: _, ...less } = report.findings[0];
  for (const finding of [less, { ...report.findings[0], id: 'a' }])
    expect(isReport({ ...report, findings: [finding] })).toBe(false);
});
