import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { iamFiles } from '../../generator/cli/iam/iam-files.ts';
import type { KubeObject } from '../../generator/ground/kube-object.ts';
import { ARGOCD_FOLDERS } from '../../generator/make/kustomize/argocd-files.ts';
import { fluxFolders } from '../../generator/make/kustomize/flux-files.ts';
import { renderTree } from '../../generator/make/kustomize/tree.ts';
import type { Expansion } from '../../generator/make/pipeline.ts';
import { parseSpec } from '../../generator/make/spec/parse-spec.ts';
import { kubeconformArguments } from '../../generator/read/kubeconform.ts';
import { byIdentity, folderOf, kustomizeBuild, objectsOf, output, root, tool } from '../machine.ts';
import { expandText, findingsIn } from '../spec-text.ts';

const golden = join(root, 'test/golden');
const cases = readdirSync(golden);

/** What kustomize made of all cases: the schemas are read once. */
const all: KubeObject[] = [];

test.for(cases)('%s', async name => {
  const text = readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8');
  expect(findingsIn(text)).toEqual([]);
  const { value } = expandText(text);
  if (value === undefined) throw new Error('the spec has faults');
  const tree = new Map([...renderTree(value), ...iamOf(text, value)]);

  for (const [path, content] of tree) {
    await expect(content).toMatchFileSnapshot(join(golden, name, 'expected', path));
  }
  const expected = join(golden, name, 'expected');
  const files = !existsSync(expected)
    ? []
    : readdirSync(expected, {
        recursive: true,
        withFileTypes: true,
      });
  const stale = files
    .filter(file => file.isFile())
    .map(file => join(file.parentPath, file.name).slice(join(golden, name, 'expected/').length))
    .filter(path => !tree.has(path));
  expect(stale, 'golden files that nothing renders any more').toEqual([]);

  const folder = folderOf(tree);
  for (const { name: target, objects } of value.targets) {
    const built = kustomizeBuild(join(folder, 'overlays', target));
    expect(byIdentity(built)).toEqual(byIdentity(objects.map(({ object }) => object)));
    all.push(...built);
  }
  for (const path of value.flux === undefined ? [] : fluxFolders(value.flux))
    all.push(...kustomizeBuild(join(folder, path)));
  if (value.argocd === undefined) return;
  for (const path of ARGOCD_FOLDERS) all.push(...kustomizeBuild(join(folder, path)));
  all.push(...objectsOf(tree.get('argocd/argocd-cm.patch.yaml') ?? ''));
});

/** iam/, of a spec that has `iam`. */
function iamOf(text: string, expansion: Expansion): readonly (readonly [string, string])[] {
  const { value: spec } = parseSpec(text);
  if (spec === undefined) return [];
  const { value = [], faults } = iamFiles(spec, expansion, new Map());
  expect(faults).toEqual([]);
  return value;
}

test('kubeconform takes all that was built', () => {
  expect(all.length).toBeGreaterThan(cases.length);
  const json = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: all });
  output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input: json });
});
