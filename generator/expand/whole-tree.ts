import { join } from 'node:path';
import { iamFiles } from '#iam-files';
import { andThen, type Fault, type Outcome, ok, outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import { addedObjects } from '../environments/sets.ts';
import { inDocument } from '../spec/parse.ts';
import { type Expansion, expand } from '../spec/pipeline.ts';
import { layersOf } from '../spec/shared-clusters.ts';
import type { SpecObject } from '../spec/spec.ts';
import { type FileTree, renderTree } from '../spec/tree.ts';
import { kustomizationIn } from '../world/folders.ts';
import { within } from '../world/inside.ts';

/** All files that expand writes but the runbooks; `beside` is the folder of the tree and of components/. */
export function wholeTree(spec: SpecObject, beside: Host): Outcome<FileTree> {
  return andThen(expand(spec, beside.validators), expansion =>
    andThen(checkComponents(spec, expansion, beside), () => treeOf(spec, expansion, beside)),
  );
}

/** Manifests, and the IAM that they need. */
function treeOf(spec: SpecObject, expansion: Expansion, beside: Host): Outcome<FileTree> {
  const components = addedObjects(expansion, beside);
  const manifests = renderTree(expansion, components);
  if (!says(spec, 'iam')) return ok(manifests);
  return andThen(iamFiles(spec, expansion, components), files =>
    ok(sortedTree([...manifests, ...files])),
  );
}

/** Whether the base, a cluster or an environment of a spec has a field. */
export function says(spec: SpecObject, field: 'iam' | 'runbook'): boolean {
  return layersOf(spec).some(layer => layer[field] !== undefined && layer[field] !== null);
}

export function sortedTree(files: readonly (readonly [path: string, text: string])[]): FileTree {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reports components that have no folder: kustomize would only say that it cannot read them. */
function checkComponents(
  spec: SpecObject,
  { units }: Expansion,
  host: Host,
): Outcome<undefined | true> {
  const files = within('.', host);
  const there = (host.entriesIn('components') ?? [])
    .map(({ name }) => name)
    .filter(name => kustomizationIn(join('components', name), files) !== undefined);
  const faults = units.flatMap(({ name, components }) =>
    components.flatMap((component, index): Fault[] => {
      if (there.includes(component)) return [];
      const fault = {
        id: 'unknown-component',
        message: `there is no component "${component}" in components/`,
        hint: knownNames('components', component, there),
        path: ['components', index],
      };
      return inDocument([fault], spec, name);
    }),
  );
  return outcome(true, faults);
}
