import type { Fault } from '../../core/finding.ts';
import {
  asJson,
  type BuiltObject,
  type KubeObject,
  refOf,
  unlessEmpty,
} from '../../core/kube-object.ts';
import { isRenamedIn, withConfigMapNames } from '../../kinds/core/hashed-names.ts';
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
    .filter(({ object }) => !isRenamedIn(object))
    .flatMap(({ object, path }) =>
      configMapNames(object).flatMap((name): Fault[] => {
        const made = hashed.get(name);
        if (made === undefined) return [];
        return [
          {
            id: 'hashed-config-map',
            message: `${refOf(object)} reads ConfigMap "${name}", whose name gets a hash that kustomize does not write there`,
            hint: `Write \`hash: false\` for configMaps.${name}, or give ${object.kind} a ConfigMap of its own.`,
            path: made.path,
            related: [{ note: 'what reads it', path }],
          },
        ];
      }),
    );
}

function configMapNames(object: KubeObject): string[] {
  const names = new Set<string>();
  withConfigMapNames(asJson(object), name => {
    names.add(name);
    return name;
  });
  return [...names];
}
