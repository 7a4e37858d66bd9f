import type { Json, JsonObject } from '../ground/json.ts';
import { podReads } from '../kinds/pod-reads.ts';
import { podOf } from '../kinds/pods.ts';
import { type Choices, DECLARED, isRefused } from './choices.ts';
import type { Wanted } from './wanted.ts';

/** How a Secret outside is known among the choices. */
export function outsideId({ name }: Wanted, secret: string): string {
  return `${name}/${secret}`;
}

/** The Secrets that something reads and nothing makes, with the keys that are read. */
export function outsideEntries(wanted: Wanted, choices: Choices): JsonObject {
  const start = outsideId(wanted, '');
  const names = [...choices.outside]
    .filter(id => id.startsWith(start))
    .map(id => id.slice(start.length))
    .filter(name => !isRefused(choices, { section: 'secrets', name }, DECLARED));
  return Object.fromEntries(names.map(name => [name, { external: keysRead(wanted, name) }]));
}

/** The keys that are read of a Secret; `true` where something reads it whole. */
function keysRead({ objects, namespace }: Wanted, secret: string): Json {
  const reads = objects
    .filter(object => object.namespace === namespace)
    .flatMap(object => {
      const pod = podOf(object);
      return [
        ...(object.known?.reads?.(object) ?? []),
        ...(pod === undefined ? [] : podReads(pod)),
      ];
    })
    .filter(read => read.secret === secret && (read.namespace ?? namespace) === namespace);
  const keys = [...new Set(reads.map(({ key }) => key))];
  if (keys.length === 0 || keys.includes(undefined)) return true;
  return keys.filter(key => key !== undefined).sort();
}
