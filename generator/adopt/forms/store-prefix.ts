import { textAt } from '../../ground/json.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Wanted } from '../wanted.ts';

/** The keys that ExternalSecrets ask a store for, paths of searches included. */
export function keysIn({ objects, namespace }: Wanted, store: PlacedObject): string[] {
  const own = objects.filter(
    object => object.known === externalSecret && object.namespace === namespace,
  );
  return own.flatMap(object => {
    const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
    if (storeRef?.name !== store.name || storeRef.kind !== store.kind) return [];
    return [
      ...data.map(({ key }) => key),
      ...dataFrom.flatMap(({ spec, extract }) => [
        ...(extract === undefined ? [] : [extract]),
        ...[textAt(spec, 'find', 'path')].filter(path => path !== undefined),
      ]),
    ];
  });
}

/**
 * The folder of most use as a prefix: all keys lie in it, or begin with a slash and so are as they are
 * written. Undefined where none makes the spec shorter.
 */
export function commonPrefix(keys: readonly string[]): string | undefined {
  const folders = new Set(keys.flatMap(foldersOf));
  const fitting = [...folders].filter(folder =>
    keys.every(key => key.startsWith(`${folder}/`) || key.startsWith('/')),
  );
  const saved = (folder: string): number =>
    keys.filter(key => key.startsWith(`${folder}/`)).length * (folder.length + 1);
  const worth = fitting
    .map(folder => ({ folder, gain: saved(folder) - folder.length - 'prefix: '.length }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || (a.folder < b.folder ? -1 : 1));
  return worth[0]?.folder;
}

/** The folders above a key, from the outermost: `/a/b/c` is in `/a` and `/a/b`. */
function foldersOf(key: string): string[] {
  const ends = [...key.matchAll(/\//g)].map(({ index }) => index).filter(index => index > 0);
  return ends.map(end => key.slice(0, end));
}

/** A key as the spec has it, behind the prefix of its store. */
export function behindPrefix(key: string, prefix: string | undefined): string {
  const start = prefix === undefined ? '' : `${prefix}/`;
  const rest = key.slice(start.length);
  return key.startsWith(start) && rest !== '' && !rest.startsWith('/') ? rest : key;
}
