import type { Fault, Path } from '../../core/finding.ts';
import { isMap, type Json, textAt } from '../../core/json.ts';
import { asJson, type BuiltObject, groupOf, refOf, unlessEmpty } from '../../core/kube-object.ts';
import { kindOf } from '../../kinds/kinds.ts';
import type { ConfigMapModel } from '../model/model.ts';
import type { EntryObject } from './patches.ts';

/** The ConfigMap of an entry, under the name that the spec calls it. */
export function configMapObject(
  { name, data, isHashed }: ConfigMapModel,
  namespace: string,
): EntryObject {
  const metadata = { name, namespace };
  return {
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...unlessEmpty('data', data) },
    isHashed,
  };
}

/**
 * Reports ConfigMaps whose names get a hash, and that something reads in which kustomize does not change the name: all
 * but the pods of Kubernetes' own kinds (docs/facts/kustomize.md#hashes).
 */
export function unhashedReads(built: readonly BuiltObject[]): Fault[] {
  const hashed = new Map(
    built.filter(one => one.isHashed === true).map(one => [one.object.metadata.name, one]),
  );
  if (hashed.size === 0) return [];
  return built
    .filter(({ object }) => !isRenamed(groupOf(object), object.kind))
    .flatMap(({ object, path }) =>
      [...new Set(configMapNames(asJson(object), ''))].flatMap((name): Fault[] => {
        const made = hashed.get(name);
        if (made === undefined) return [];
        return [
          {
            id: 'hashed-config-map',
            message: `${refOf(object)} reads ConfigMap "${name}", whose name gets a hash that kustomize does not write there`,
            hint: `Write \`hash: false\` for configMaps.${name}, or give ${object.kind} a ConfigMap of its own.`,
            path: made.path as Path,
            related: [{ note: 'what reads it', path }],
          },
        ];
      }),
    );
}

function isRenamed(group: string, kind: string): boolean {
  return ['', 'apps', 'batch'].includes(group) && kindOf(group, kind)?.pods !== undefined;
}

/** The names below fields such as `configMap`, `configMapRef` and `configMapRefs`. */
function configMapNames(value: Json | undefined, field: string): string[] {
  if (Array.isArray(value)) return value.flatMap(item => configMapNames(item, field));
  if (!isMap(value)) return [];
  const name = /configMap/i.test(field) ? textAt(value, 'name') : undefined;
  const below = Object.entries(value).flatMap(([key, child]) => configMapNames(child, key));
  return name === undefined ? below : [name, ...below];
}
