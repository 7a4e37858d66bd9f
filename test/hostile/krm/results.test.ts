import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { faultySpec, lintListOf, listOf, shopSpec, written } from '../../krm/calls.ts';
import { web } from '../../lint/shop.ts';
import { exits, folderOf, output, runKrm, yamlIn } from '../../machine.ts';

const theirs = `results: # of others
- message: 'theirs' # kept
  field: { currentValue: 12345678901234567890 }
  tags: { function: other, id: unknown-secret }
- { message: second, severity: info }
`;
const first = { message: 'theirs', tags: { function: 'other', id: 'unknown-secret' } };
const second = { message: 'second', severity: 'info' };

test('what functions before us found stays, as it is written, beside what we find', async () => {
  for (const input of [`${theirs}${lintListOf('{}', web)}`, lintListOf('{}', web) + theirs]) {
    const ran = exits(1, await runKrm(input));
    for (const line of input.split('\n')) expect(ran.stdout).toContain(`${line}\n`);
    expect(written(ran).results).toMatchObject([{ severity: 'error' }, first, second]);
    expect(await runKrm(ran.stdout)).toEqual(ran);
  }
});

test.for<[name: string, form: (text: string) => string]>([
  ['YAML', text => text],
  ['JSON', text => JSON.stringify(load(text), undefined, 2)],
])('results that come and none that is ours: %s goes through', async ([, form]) => {
  const ok = '- { apiVersion: v1, kind: ConfigMap, metadata: { name: a } }';
  const input = form(theirs + listOf(shopSpec, ok));
  expect(written(await runKrm(input)).results).toMatchObject([first, second]);
  expect((await runKrm(form(theirs + lintListOf('{}')))).stdout).toContain('theirs');
});

test.for(['results: []\n', 'results:\n', 'results: null # none\n', 'results: [] # none\n'])(
  'there may be none before: %j',
  async before => {
    const ran = await runKrm(before + lintListOf('{}', web));
    expect(written(ran).results).toHaveLength(1);
    expect(ran.stdout).toContain('# as they come');
    expect(await runKrm(ran.stdout)).toEqual(ran);
  },
);

test('what we found before goes when it is mended, and only that', async () => {
  for (const input of [theirs + lintListOf('{}', web), lintListOf('{}', web) + theirs]) {
    const faulty = (await runKrm(input)).stdout;
    const mended = exits(0, await runKrm(faulty.replaceAll('secretKeyRef', 'configMapKeyRef')));
    expect(written(mended).results).toMatchObject([first, second]);
    expect(await runKrm(mended.stdout)).toEqual(mended);
  }
});

test('two functions of ours in a pipeline keep to their own results', async () => {
  const other = lintListOf('{}', web).replace('{ name: lint }', '{ name: other }');
  const [one, two] = [lintListOf('{}', web), other].map(text => text.split('items:')[0] ?? '');
  const afterOne = (await runKrm(lintListOf('{}', web))).stdout;
  const swap = (text: string, name: string): string =>
    text.replace(/metadata: \{ name: (lint|other) \}/, `metadata: { name: ${name} }`);
  const afterTwo = (await runKrm(swap(afterOne, 'other'))).stdout;
  expect(one).not.toBe(two);
  expect(written({ status: 0, stderr: '', stdout: afterTwo }).results).toMatchObject([
    { tags: { function: 'rem-secrets/RemSecretsLint/other' } },
    { tags: { function: 'rem-secrets/RemSecretsLint/lint' } },
  ]);
  expect((await runKrm(afterTwo)).stdout).toBe(afterTwo);
  expect((await runKrm(swap(afterTwo, 'lint'))).stdout).toBe(swap(afterTwo, 'lint'));
});

test('results that no function would write are nobody’s, and stay', async () => {
  const odd = 'results: [text, null, [a], { tags: text }, { tags: [function] }, {}]\n';
  const ran = await runKrm(odd + lintListOf('{}', web));
  expect(written(ran).results?.slice(1)).toEqual((load(odd) as { results: unknown }).results);
});

test('results with an anchor keep what its aliases mean', async () => {
  const shared = `results: &all [{ message: a, tags: { function: rem-secrets/RemSecrets/shop } }]\nunknown: *all\n`;
  const ran = await runKrm(
    shared + listOf(faultySpec, '- { apiVersion: v1, kind: A, metadata: { name: a } }'),
  );
  expect(written(ran)).toMatchObject({ unknown: [{ message: 'a' }] });
  expect(JSON.stringify(written(ran).results)).toContain('pasword');
});

function from(...lines: readonly string[]): string {
  const annotations = lines.flatMap(line => line.split('\n'));
  return web.replace('  annotations:\n', `$&${annotations.map(line => `    ${line}\n`).join('')}`);
}

const { files } = yamlIn<{ readonly files: readonly [annotations: string, file: object][] }>(
  import.meta.dirname,
  'results.yaml',
);

/** The first result of a lint, of an item with these annotations, in a folder with these files. */
async function resultOf(
  annotations: readonly string[],
  beside: Parameters<typeof folderOf>[0] = {},
) {
  const ran = await runKrm(lintListOf('{}', from(...annotations)), folderOf(beside));
  return written(ran).results?.[0];
}

test.for(files)('a result has the file and index that its item came with: %j', async row => {
  const [annotations, file] = row;
  const result = await resultOf([annotations]);
  expect(result).toMatchObject({
    field: { path: 'spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name' },
    resourceRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' },
  });
  expect(result?.['file']).toEqual(file);
});

test('an index without a path is of no file, and one of an origin is not known', async () => {
  const index = `internal.config.kubernetes.io/index: '2'`;
  expect(await resultOf([index])).not.toHaveProperty('file');
  const origin = `config.kubernetes.io/origin: 'path: web.yaml'`;
  const annotations = ['config.kubernetes.io/path: out.yaml', index, origin];
  const placed = await resultOf(annotations, { 'web.yaml': web });
  expect(placed).toMatchObject({ tags: { line: '18' } });
  expect(placed?.['file']).toEqual({ path: 'web.yaml' });
});

test('a result in the file that the item came with has line and index', async () => {
  const annotations = ['config.kubernetes.io/path: web.yaml', `config.kubernetes.io/index: '0'`];
  expect(await resultOf(annotations, { 'web.yaml': web })).toMatchObject({
    file: { path: 'web.yaml', index: 0 },
    tags: { line: '18' },
  });
});

test('an item that is no object, or one again, has its file too', async () => {
  const at = (path: string): string =>
    `annotations: { config.kubernetes.io/path: ${path}, config.kubernetes.io/index: '3' }`;
  const items = `
- { apiVersion: v1, kind: ConfigMap, metadata: { name: a, ${at('a.yaml')} } }
- { apiVersion: v1, kind: ConfigMap, metadata: { name: a, ${at('b.yaml')} } }
- { apiVersion: v1, kind: ConfigMap, metadata: { ${at('c.yaml')} } }
`;
  expect(written(await runKrm(listOf(shopSpec, items))).results).toMatchObject([
    { tags: { rule: 'duplicate-item' }, file: { path: 'b.yaml', index: 3 } },
    { tags: { rule: 'no-object' }, file: { path: 'c.yaml', index: 3 } },
  ]);
});

test.for([
  '/dev/zero',
  '/dev/stdin',
  '/proc/self/environ',
  '.',
  '',
  '/',
  'a\\0b',
  'x'.repeat(5000),
  'pipe',
])('a file that an object says it comes from is read only if it is one: %j', async path => {
  const folder = folderOf();
  output('mkfifo', [join(folder, 'pipe')]);
  const origin = JSON.stringify(`path: "${path}"`);
  const item = from(
    `config.kubernetes.io/origin: ${origin}`,
    `config.kubernetes.io/path: "${path}"`,
  );
  const annotated = listOf(faultySpec).replace(
    '{ name: shop }',
    `{ name: shop, annotations: { config.kubernetes.io/origin: ${origin} } }`,
  );
  expect((await runKrm(lintListOf('{}', item), folder)).status).toBe(1);
  expect((await runKrm(annotated, folder)).stderr).toMatch(/^spec\.workloads/);
});
