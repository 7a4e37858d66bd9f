import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTree } from '../../generator/cli/host/tree/compare-tree.ts';
import { writeTree } from '../../generator/cli/host/tree/write-tree.ts';
import type { KubeObject } from '../../generator/ground/kube-object.ts';
import { renderTree } from '../../generator/make/kustomize/tree.ts';
import { renderYaml } from '../../generator/make/objects/render-yaml.ts';
import { kubeconformArguments } from '../../generator/read/kubeconform.ts';
import { generatedSpec, reversed } from '../generated-spec.ts';
import {
  byIdentity,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  remSecretsFn,
  root,
  tool,
} from '../machine.ts';
import { expandText, findingsIn } from '../spec-text.ts';

/** The seed is fixed: what passes here passes anywhere. Another one: FC_SEED=… npm test. */
const seed = Number(process.env['FC_SEED'] ?? 1);

test('an overlay, the plugin and render give the same valid objects', () => {
  fc.assert(
    fc.property(generatedSpec, spec => {
      const text = JSON.stringify(spec);
      const { value } = expandText(text);
      if (value === undefined) throw new Error(JSON.stringify(findingsIn(text)));
      const tree = renderTree(value);
      const folder = folderOf(tree);
      for (const { name, objects } of value.targets) {
        const yaml = renderYaml(objects.map(({ object }) => object));
        output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input: yaml });
        const rendered = byIdentity(objectsOf(yaml));
        expect(byIdentity(kustomizeBuild(join(folder, 'overlays', name)))).toEqual(rendered);
        expect(byIdentity(pluginBuild(spec, name))).toEqual(rendered);
      }
      const base = byIdentity(
        objectsOf(renderYaml(value.base.objects.map(({ object }) => object))),
      );
      expect(byIdentity(kustomizeBuild(join(folder, 'base')))).toEqual(base);
    }),
    { seed, numRuns: 10 },
  );
});

test('the order of keys in the spec changes nothing', () => {
  fc.assert(
    fc.property(generatedSpec, spec => {
      expect(treeOf(JSON.stringify(reversed(spec)))).toEqual(treeOf(JSON.stringify(spec)));
    }),
    { seed, numRuns: 50 },
  );
});

test('expanding twice changes nothing', () => {
  fc.assert(
    fc.property(generatedSpec, spec => {
      const tree = treeOf(JSON.stringify(spec));
      const folder = folderOf([]);
      writeTree(tree, folder);
      expect(compareTree(tree, folder)).toEqual({ changes: [], obstacles: [] });
    }),
    { seed, numRuns: 50 },
  );
});

function treeOf(text: string): ReadonlyMap<string, string> {
  const { value } = expandText(text);
  if (value === undefined) throw new Error(JSON.stringify(findingsIn(text)));
  return renderTree(value);
}

/** What kustomize builds with the function as a generator. */
function pluginBuild(spec: Record<string, unknown>, environment: string): KubeObject[] {
  const annotations = { 'config.kubernetes.io/function': `exec: { path: ${remSecretsFn} }` };
  const config = {
    ...spec,
    metadata: { name: 'shop', annotations },
    spec: { ...(spec['spec'] as object), environment },
  };
  const folder = folderOf([
    ['rem-secrets.yaml', JSON.stringify(config)],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
  ]);
  return kustomizeBuild(folder, { plugin: true });
}
