import { join } from 'node:path';
import { type Host, textOf } from '../ground/host.ts';
import { isMap } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { manifestsOf } from '../ground/manifests.ts';
import { parseStream } from '../ground/yaml/yaml-text.ts';
import type { Expansion } from '../make/pipeline.ts';
import { layersOf } from '../make/spec/merge-environment.ts';
import type { ComponentObjects, SpecObject } from '../make/spec/spec.ts';
import { boundsOf } from './inside.ts';
import { closureOf } from './kustomize/closure.ts';
import { entryPath } from './kustomize/kustomization.ts';
import { valuesAt } from './kustomize/loads.ts';

/**
 * The objects that components add, as their files have them: those of `resources` and generators,
 * also of the folders that they name. What kustomize would fetch from elsewhere is not known.
 */
export function componentObjects(names: Iterable<string>, host: Host): ComponentObjects {
  return new Map([...names].map(name => [name, objectsIn(join('components', name), host)]));
}

/** The objects that the components of all units add. */
export function addedObjects({ units }: Expansion, host: Host): ComponentObjects {
  return componentObjects(new Set(units.flatMap(({ components }) => components)), host);
}

function objectsIn(folder: string, host: Host): KubeObject[] {
  const { kustomizations, files } = closureOf(
    { folder, root: boundsOf(folder, host), allowed: {} },
    host,
  );
  return kustomizations.flatMap(by => [
    ...by.loads
      .filter(({ kind }) => kind === 'base')
      .map(load => files.get(host.realPath(entryPath({ by, load })) ?? ''))
      .flatMap(file => (file === undefined ? [] : objectsOf(file, host))),
    ...generated(by.document, 'configMapGenerator', 'ConfigMap'),
    ...generated(by.document, 'secretGenerator', 'Secret'),
  ]);
}

function objectsOf(file: string, host: Host): KubeObject[] {
  if (host.kindOf(file) !== 'file') return [];
  const { value = [] } = parseStream(textOf(file, host));
  return manifestsOf(value)
    .map(({ object }) => object)
    .filter(({ metadata }) => isMap(metadata));
}

function generated(kustomization: unknown, field: string, kind: string): KubeObject[] {
  const count = valuesAt(kustomization, [field, '*']).length;
  return count === 0 ? [] : [{ apiVersion: 'v1', kind, metadata: { name: field } }];
}

/** A spec with what its components add, where it injects anything; `beside` is the folder that `components/` is in. */
export function withInjectedComponents(spec: SpecObject, beside: Host): SpecObject {
  const layers = layersOf(spec);
  const names = new Set(layers.flatMap(({ components }) => components ?? []));
  const isInjecting = layers.some(({ inject }) => Object.keys(inject ?? {}).length > 0);
  if (!isInjecting || names.size === 0) return spec;
  return { ...spec, spec: { ...spec.spec, componentObjects: componentObjects(names, beside) } };
}
