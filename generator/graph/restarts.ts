import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import { scalarText } from '../ground/scalar-text.ts';
import type { Pod } from '../kinds/pods.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A Secret whose content a running container keeps, whatever becomes of the Secret. */
export interface FrozenRead {
  readonly secret: string;
  /** Where it is one key that is read. */
  readonly key?: string;
  readonly path: Path;
  readonly how: 'variable' | 'subPath';
}

/** Whether the pods of a workload stay until something replaces them: a Job's do not. */
export function isLasting({ item }: Pod): boolean {
  return item.known?.pods?.isLasting?.(item) ?? false;
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

/** What a workload asks to be restarted for. */
export interface Watch {
  /** Every Secret that it reads, or we cannot tell. */
  readonly isAll: boolean;
  /** The Secrets that are listed, and where. */
  readonly names: readonly string[];
  readonly path?: Path;
}

const RELOAD_LIST = 'secret.reloader.stakater.com/reload';

/** Annotations of Reloader and of what does the same; `false` is a decision too. */
const RESTARTS_ALL =
  /^((secret\.)?reloader\.stakater\.com\/(auto|search|ignore)|wave\.pusher\.com\/update-on-config-change|secrets\.doppler\.com\/reload|operator\.1password\.io\/auto-restart)$/;

/**
 * The restarts that a workload's annotations ask for. Reloader takes those of the workload and
 * those of its pod template (github.com/stakater/Reloader).
 */
export function watchOf({ item, path }: Pod): Watch {
  const own: Path = ['metadata', 'annotations'];
  const inPod = [...path.slice(0, -1), 'metadata', 'annotations'];
  const places = path.length > 1 ? [own, inPod] : [own];
  const isAll = places.some(place =>
    Object.keys(mapAt(item.object, ...place.map(String))).some(name => RESTARTS_ALL.test(name)),
  );
  const listPath = places
    .map(place => [...place, RELOAD_LIST])
    .find(place => textAt(item.object, ...place.map(String)) !== undefined);
  if (listPath === undefined) return { isAll, names: [] };
  const list = textAt(item.object, ...listPath.map(String)) ?? '';
  const names = list
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  const isPattern = names.some(name => !/^[a-z0-9.-]+$/.test(name));
  return { isAll: isAll || isPattern, names, path: listPath };
}

/** Whether Reloader runs with `--auto-reload-all`: then it restarts everything by itself. */
export function isReloadedAnyway({ pods }: SecretGraph): boolean {
  return pods.some(({ containers }) =>
    containers.some(({ spec }) =>
      [...listAt(spec, 'args'), ...listAt(spec, 'command')].some(
        arg => typeof arg === 'string' && /^--auto-reload-all(=true)?$/.test(arg),
      ),
    ),
  );
}
