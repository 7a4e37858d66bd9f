import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BuiltObject, KubeObject } from '../../generator/core/kube-object.ts';
import { ARGOCD_FOLDERS, fluxFolders } from '../../generator/spec/tree-files.ts';
import { kubeconformArguments } from '../../generator/validate/command.ts';
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
    const built = withoutHashes(kustomizeBuild(join(tree, 'overlays', target)), objects);
    expect(byIdentity(built)).toEqual(byIdentity(objects.map(({ object }) => object)));
    all.push(...built);
  }
  for (const path of value.flux === undefined ? [] : fluxFolders(value.flux))
    all.push(...kustomizeBuild(join(tree, path)));
  if (value.argocd === undefined) return;
  for (const path of ARGOCD_FOLDERS) all.push(...kustomizeBuild(join(tree, path)));
  all.push(...objectsOf(readFileSync(join(tree, 'argocd/argocd-cm.patch.yaml'), 'utf8')));
});

/** What was built, with the names of ConfigMaps as the spec has them: each has a hash, and the pods read that name. */
function withoutHashes(built: KubeObject[], objects: readonly BuiltObject[]): KubeObject[] {
  const names = objects
    .filter(made => made.isHashed === true)
    .map(made => made.object.metadata.name);
  return names.reduce((all, name) => {
    const hashed = JSON.stringify(all).match(new RegExp(`"${name}-[bcdfghkmt2456789]{10}"`));
    expect(hashed, `no name of ${name} has a hash`).not.toBeNull();
    return JSON.parse(JSON.stringify(all).replaceAll(hashed?.[0] ?? '', JSON.stringify(name)));
  }, built);
}

test('kubeconform takes all that was built', () => {
  expect(all.length).toBeGreaterThan(cases.length);
  const json = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: all });
  output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input: json });
});
