import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { compareTree, writeTree } from '../../generator/shell/write-tree.ts';
import { renderTree } from '../../generator/spec/tree.ts';
import { kubeconformArguments } from '../../generator/validate/command.ts';
import { renderYaml } from '../../generator/yaml/write.ts';
import { generatedSpec, reversed } from '../generated-spec.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import {
  byIdentity,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  remSecretsFn,
  root,
  runKrm,
  tool,
} from '../machine.ts';
import { expandText, findingsIn } from '../spec-text.ts';

test('an overlay, the plugin and render give the same valid objects', async () => {
  await hold('ways to build', 6, [generatedSpec], async spec => {
    const text = JSON.stringify(spec);
    const { value } = expandText(text);
    if (value === undefined) throw new Error(JSON.stringify(findingsIn(text)));
    const folder = folderOf(renderTree(value));
    const yamls: { name: string; yaml: string; rendered: Record<string, KubeObject> }[] = [];
    for (const { name, objects } of value.units) {
      const yaml = renderYaml(objects.map(({ object }) => object));
      const rendered = byIdentity(objectsOf(yaml));
      expect(byIdentity(kustomizeBuild(join(folder, 'overlays', name)))).toEqual(rendered);
      expect(byIdentity(await functionObjects(spec, name))).toEqual(rendered);
      yamls.push({ name, yaml, rendered });
    }
    const input = yamls.map(({ yaml }) => yaml).join('---\n');
    output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input });
    // What kustomize makes of a function's objects does not hang on the environment.
    for (const { name, rendered } of yamls.slice(-1))
      expect(byIdentity(pluginBuild(spec, name))).toEqual(rendered);
    const base = byIdentity(objectsOf(renderYaml(value.base.objects.map(({ object }) => object))));
    expect(byIdentity(kustomizeBuild(join(folder, 'base')))).toEqual(base);
  });
});

test('the order of keys in the spec changes nothing but the order of what is made', async () =>
  await hold('order of keys', 25, [generatedSpec], spec => {
    const [there, back] = [spec, reversed(spec)].map(one => expandText(JSON.stringify(one)).value);
    expect(unordered(back?.units)).toEqual(unordered(there?.units));
  }));

test('with `order: sorted` the order of keys in the spec changes nothing', async () =>
  await hold('sorted keys', 25, [generatedSpec], ({ spec, ...whole }) => {
    const sorted = { ...whole, spec: { ...(spec as object), order: 'sorted' } };
    expect(treeOf(JSON.stringify(reversed(sorted)))).toEqual(treeOf(JSON.stringify(sorted)));
  }));

function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => JSON.stringify(unordered(item))).sort();
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.map(([name, child]) => [name, unordered(child)]);
}

test('expanding twice changes nothing', async () =>
  await hold('expanding twice', 8, [generatedSpec], spec => {
    const tree = treeOf(JSON.stringify(spec));
    const folder = folderOf();
    writeTree(tree, folder);
    expect(compareTree(tree, folder)).toEqual({ changes: [], obstacles: [] });
  }));

function treeOf(text: string): ReadonlyMap<string, string> {
  const { value } = expandText(text);
  if (value === undefined) throw new Error(JSON.stringify(findingsIn(text)));
  return renderTree(value);
}

/** The spec as kustomize hands it to the function, for an environment. */
function functionConfig(spec: Record<string, unknown>, environment: string): object {
  const annotations = { 'config.kubernetes.io/function': `exec: { path: ${remSecretsFn} }` };
  return {
    ...spec,
    metadata: { name: 'shop', annotations },
    spec: { ...(spec['spec'] as object), environment },
  };
}

async function functionObjects(spec: Record<string, unknown>, environment: string) {
  const { status, stdout, stderr } = await runKrm(
    JSON.stringify({
      apiVersion: 'config.kubernetes.io/v1',
      kind: 'ResourceList',
      functionConfig: functionConfig(spec, environment),
      items: [],
    }),
  );
  expect(status, stderr).toBe(0);
  const [list] = objectsOf(stdout);
  return list?.['items'] as KubeObject[];
}

function pluginBuild(spec: Record<string, unknown>, environment: string): KubeObject[] {
  const folder = folderOf([
    ['rem-secrets.yaml', JSON.stringify(functionConfig(spec, environment))],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
  ]);
  return kustomizeBuild(folder, { plugin: true });
}
