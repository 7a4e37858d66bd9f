import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, scalarText, textAt } from '../ground/json.ts';
import type { Pod } from './pods.ts';

/** A Secret whose content a running container keeps, whatever becomes of the Secret. */
export interface FrozenRead {
  readonly secret: string;
  /** Where it is one key that is read. */
  readonly key?: string;
  readonly path: Path;
  readonly how: 'variable' | 'subPath';
}

/** Whether the pods of a workload stay until something replaces them: a Job's do not. */
export function isLasting({ object }: Pod): boolean {
  return object.known?.pods?.isLasting?.(object) ?? false;
}

/**
 * What the containers of a pod read when they start and never again: variables, and files mounted
 * with subPath (kubernetes.io/docs/concepts/configuration/secret). Init containers are done by then.
 */
export function frozenReads({ containers, spec }: Pod): FrozenRead[] {
  const volumes = volumeSecrets(listAt(spec, 'volumes'));
  return containers
    .filter(({ role }) => role === 'main' || role === 'sidecar')
    .flatMap(container => [
      ...container.env.flatMap(({ secret, path }): FrozenRead[] =>
        secret === undefined ? [] : [{ ...namesOf(secret), path, how: 'variable' }],
      ),
      ...container.envFrom.flatMap(({ secret, path }): FrozenRead[] =>
        secret === undefined ? [] : [{ secret, path, how: 'variable' }],
      ),
      ...listAt(container.spec, 'volumeMounts').flatMap((mount, index): FrozenRead[] => {
        const field = ['subPath', 'subPathExpr'].find(name => Boolean(textAt(mount, name)));
        if (field === undefined) return [];
        const path = [...container.path, 'volumeMounts', index, field];
        const sources = volumes.get(textAt(mount, 'name') ?? '') ?? [];
        const file = textAt(mount, 'subPath')?.split('/')[0];
        return sources.map(({ secret, keyOf }) => {
          const key = file === undefined ? undefined : keyOf(file);
          return { secret, ...(key !== undefined && { key }), path, how: 'subPath' };
        });
      }),
    ]);
}

function namesOf({ name, key }: { readonly name: string; readonly key?: string }) {
  return { secret: name, ...(key !== undefined && { key }) };
}

/** A Secret in a volume, and the key that a file is made of. */
interface VolumeSource {
  readonly secret: string;
  readonly keyOf: (file: string) => string | undefined;
}

/** The Secrets of each volume, by the volume's name. */
function volumeSecrets(volumes: readonly unknown[]): Map<string, VolumeSource[]> {
  return new Map(
    volumes.filter(isMap).map(volume => {
      const projected = listAt(volume, 'projected', 'sources').flatMap(source =>
        volumeSource(mapAt(source, 'secret'), 'name'),
      );
      return [
        scalarText(volume['name']),
        [...volumeSource(mapAt(volume, 'secret'), 'secretName'), ...projected],
      ];
    }),
  );
}

/** Without items each key is a file of its name. */
function volumeSource(source: JsonObject, field: string): VolumeSource[] {
  const secret = textAt(source, field);
  if (secret === undefined) return [];
  const items = listAt(source, 'items');
  const keyOf = (file: string): string | undefined => {
    const item = items.find(entry => textAt(entry, 'path')?.split('/')[0] === file);
    return items.length === 0 ? file : textAt(item, 'key');
  };
  return [{ secret, keyOf }];
}
