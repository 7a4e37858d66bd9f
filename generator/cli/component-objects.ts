import { join, normalize } from 'node:path';
import type { ComponentObjects } from '../objects/argocd/placed-target.ts';
import type { KubeObject } from '../objects/kube-object.ts';
import { parseStream } from '../source/yaml-text.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { Json, JsonObject } from '../spec/spec.ts';
import { manifestsOf } from '../validation/manifests.ts';
import type { Host } from './host.ts';
import { within } from './inside.ts';
import { documentOf, kustomizationIn } from './kustomization-files.ts';
import { textOf } from './text-of.ts';

/**
 * The objects that components add, as their files have them: those of `resources` and generators,
 * also of the folders that they name. What kustomize would fetch from elsewhere is not known.
 */
export function componentObjects(names: Iterable<string>, host: Host): ComponentObjects {
  const own = within('.', host);
  return new Map(
    [...names].map(name => [name, objectsIn(join('components', name), own, new Set())]),
  );
}

/** `seen` ends what names itself; kustomize says so. */
function objectsIn(folder: string, host: Host, seen: Set<string>): KubeObject[] {
  if (seen.has(folder)) return [];
  seen.add(folder);
  const file = kustomizationIn(folder, host);
  const document = file === undefined ? undefined : documentOf(file, host);
  if (!isMap(document)) return [];
  const paths = [...listOf(document, 'resources'), ...listOf(document, 'components')];
  return [
    ...paths.flatMap(path =>
      typeof path === 'string' ? read(normalize(join(folder, path)), host, seen) : [],
    ),
    ...generated(document, 'configMapGenerator', 'ConfigMap'),
    ...generated(document, 'secretGenerator', 'Secret'),
  ];
}

function read(place: string, host: Host, seen: Set<string>): KubeObject[] {
  const kind = host.kindOf(place);
  if (kind === 'folder') return objectsIn(place, host, seen);
  if (kind !== 'file') return [];
  const { value = [] } = parseStream(textOf(place, host));
  return manifestsOf(value)
    .map(({ object }) => object)
    .filter(({ metadata }) => isMap(metadata));
}

function generated(kustomization: JsonObject, field: string, kind: string): KubeObject[] {
  const count = listOf(kustomization, field).length;
  return count === 0 ? [] : [{ apiVersion: 'v1', kind, metadata: { name: field } }];
}

function listOf(kustomization: JsonObject, field: string): readonly Json[] {
  const value = kustomization[field];
  return Array.isArray(value) ? value : [];
}
