import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { ARGOCD_FOLDERS, fluxFolders } from '../../generator/spec/tree-files.ts';
import { kubeconformArguments } from '../../generator/validate/validate.ts';
import { byIdentity, kustomizeBuild, objectsOf, output, root, tool } from '../machine.ts';
import { expandText } from '../spec-text.ts';

const golden = join(root, 'test/golden');
const cases = readdirSync(golden);

/** What kustomize made of all cases: the schemas are read once. */
const all: KubeObject[] = [];

/** The trees are those that `golden.test.ts` holds against what is rendered. */
test.for(cases)('%s: kustomize builds the objects that the spec means', name => {
  const { value } = expandText(readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8'));
  if (value === undefined) throw new Error('the spec has faults');
  const tree = join(golden, name, 'expected');
  for (const { name: target, objects } of value.units) {
    const built = kustomizeBuild(join(tree, 'overlays', target));
    expect(byIdentity(built)).toEqual(byIdentity(objects.map(({ object }) => object)));
    all.push(...built);
  }
  for (const path of value.flux === undefined ? [] : fluxFolders(value.flux))
    all.push(...kustomizeBuild(join(tree, path)));
  if (value.argocd === undefined) return;
  for (const path of ARGOCD_FOLDERS) all.push(...kustomizeBuild(join(tree, path)));
  all.push(...objectsOf(readFileSync(join(tree, 'argocd/argocd-cm.patch.yaml'), 'utf8')));
});

test('kubeconform takes all that was built', () => {
  expect(all.length).toBeGreaterThan(cases.length);
  const json = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: all });
  output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input: json });
});
