import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, readText, runKrm } from '../machine.ts';
import { build, faultySpec, listOf, pluginFile, pluginFolder, shopSpec, written } from './calls.ts';

const origin = 'buildMetadata: [originAnnotations]\n';

function placeOf(text: string, word: string): string {
  const before = text.slice(0, text.indexOf(word)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The spec in a folder, overlays choose the environment (docs/facts/kustomize.md#environments). */
function overlayFolder(spec: string, patch: string): string {
  return folderOf({
    'spec/rem-secrets.yaml': pluginFile(spec),
    'spec/kustomization.yaml': 'resources: [rem-secrets.yaml]\n',
    'prod/kustomization.yaml': `${origin}generators: [generator]\n`,
    'prod/generator/kustomization.yaml': `resources: [../../spec]\npatches: [{ target: { kind: RemSecrets }, path: patch.yaml }]\n`,
    'prod/generator/patch.yaml': patch,
  });
}

const prod = '- { op: replace, path: /spec/environment, value: prod }\n';

test('with origin annotations a finding has file, line and column', () => {
  const kustomization = `${origin}generators: [rem-secrets.yaml]\n`;
  const folder = pluginFolder(faultySpec, [['kustomization.yaml', kustomization]]);
  const text = readText(folder, 'rem-secrets.yaml');
  const { stderr } = build(folder, { cwd: '/' });
  expect(stderr).toContain(`rem-secrets.yaml:${placeOf(text, 'pasword')}: error: `);
});

test('without them it has the field', () =>
  expect(build(pluginFolder(faultySpec)).stderr).toContain(
    'spec.workloads.shop.env.PASSWORD.key: error: ',
  ));

test('the place is right when an overlay has patched the environment', () => {
  const folder = overlayFolder(faultySpec, prod);
  const text = readText(folder, 'spec/rem-secrets.yaml');
  const { stderr } = build(join(folder, 'prod'));
  expect(stderr).toContain(`../spec/rem-secrets.yaml:${placeOf(text, 'pasword')}: error: `);
});

test('what only the patch says has no place in the file', () => {
  expect(build(join(overlayFolder(shopSpec, prod.replace('prod', 'prd')), 'prod')).stderr).toMatch(
    /^spec\.environment: error: .*"prd".*\n {2}hint: .*Did you mean "prod"/m,
  );
  const added = `- { op: add, path: /spec/workloads/shop/env/WORD, value: { secret: shop-db, key: no } }\n`;
  expect(build(join(overlayFolder(shopSpec, added), 'prod')).stderr).toMatch(
    /^spec\.workloads\.shop\.env\.WORD\.key: error: /m,
  );
});

async function callFrom(annotation: string, files: readonly (readonly [string, string])[]) {
  const annotations = JSON.stringify({ 'config.kubernetes.io/origin': annotation });
  const metadata = `{ name: shop, annotations: ${annotations} }`;
  return runKrm(listOf(faultySpec).replace('{ name: shop }', metadata), folderOf(files));
}

test('results have the file, and line and column as tags', async () => {
  const text = pluginFile(faultySpec);
  const ran = await callFrom('path: a b.yaml\n', [['a b.yaml', text]]);
  const [line, column] = placeOf(text, 'pasword').split(':');
  expect(written(ran).results).toMatchObject([
    {
      file: { path: 'a b.yaml' },
      field: { path: 'spec.workloads.shop.env.PASSWORD.key' },
      tags: { line, column },
    },
  ]);
});

test('the file may hold other documents', async () => {
  const before = '# empty\n---\nkind: RemSecrets\nmetadata: { name: other }\n---\n';
  const text = before + pluginFile(faultySpec);
  const { stderr } = await callFrom('path: a.yaml\n', [['a.yaml', `${text}---\n`]]);
  expect(stderr).toContain(`a.yaml:${placeOf(text, 'pasword')}: error: `);
});

test('the second place of a finding is in the same document', async () => {
  const text = `kind: RemSecrets\nmetadata: { name: other }\n---\n${pluginFile(faultySpec)}`;
  const { stderr } = await callFrom('path: a.yaml\n', [['a.yaml', text]]);
  expect(stderr).toContain(`a.yaml:${placeOf(text, 'shop-db: {')}`);
});

const elsewhere: readonly (readonly [
  what: string,
  annotation: string,
  path: string,
  text: string,
])[] = [
  ['is missing', 'path: a.yaml\n', 'b.yaml', pluginFile(faultySpec)],
  ['is elsewhere', 'path: a.yaml\nrepo: https://x/y\n', 'a.yaml', pluginFile(faultySpec)],
  ['holds another object', 'path: a.yaml\n', 'a.yaml', 'kind: RemSecrets\nmetadata: { name: b }\n'],
  ['is broken', 'path: a.yaml\n', 'a.yaml', '{'],
  ['is a name that is no text', 'path: [a]\n', 'a.yaml', ''],
];

test.for(elsewhere)('no place is made up when the file %s', async ([, annotation, path, text]) => {
  const { status, stderr } = await callFrom(annotation, [[path, text]]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^spec\.workloads\.shop\.env\.PASSWORD\.key: error: /);
});
