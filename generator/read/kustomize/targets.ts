import { resolve } from 'node:path';
import { type Host, textOf } from '../../ground/host.ts';
import { isMap, textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { manifestsOf } from '../../ground/manifests.ts';
import { type Kustomization, parsed } from './kustomization.ts';
import { isField } from './loads.ts';

/**
 * A kustomization whose patches each have a target: those that name their object by being like it
 * fail where there is none, those with a target change nothing then. Patches of the old field come
 * first, as kustomize applies them.
 */
export function withTargets(
  document: object,
  { folder }: Kustomization,
  host: Host,
): Record<string, unknown> {
  const read = (path: unknown): string | undefined => readText(resolve(folder, String(path)), host);
  const listed = (name: string): unknown[] =>
    Object.entries(document).flatMap(([key, value]) =>
      isField(key, name) && Array.isArray(value) ? value : [],
    );
  const old = listed('patchesStrategicMerge').map(entry => ({ patch: read(entry) ?? entry }));
  const patches = [
    ...old.flatMap(entry => targeted(entry, entry.patch)),
    ...listed('patches').flatMap(entry => {
      if (!isMap(entry) || entry['target'] !== undefined) return [entry];
      return targeted(entry, entry['patch'] ?? read(entry['path']));
    }),
  ];
  const others = Object.entries(document).filter(
    ([key]) => !['patches', 'patchesStrategicMerge'].some(name => isField(key, name)),
  );
  return { ...Object.fromEntries(others), ...(patches.length > 0 && { patches }) };
}

export function readText(path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  return place === undefined || host.isFolder(place) ? undefined : textOf(place, host);
}

/** A patch for each object of the text; as it was where it is no such patch. */
function targeted(entry: object, text: unknown): unknown[] {
  const objects = typeof text === 'string' ? manifestsOf(parsed(text).value ?? []) : [];
  if (objects.length === 0) return [entry];
  const { path: _, ...rest } = { path: undefined, ...entry };
  return objects.map(({ object }) => ({
    ...rest,
    patch: JSON.stringify(object),
    target: targetOf(object),
  }));
}

function targetOf(object: KubeObject): object {
  const { apiVersion, kind } = object;
  const [version = '', group] = apiVersion.split('/').reverse();
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  return {
    ...(group !== undefined && { group: literal(group) }),
    version: literal(version),
    kind: literal(kind),
    ...(name !== undefined && { name: literal(name) }),
    ...(namespace !== undefined && { namespace: literal(namespace) }),
  };
}

/** A regular expression for a text: kustomize takes the parts of a target as such. */
function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
