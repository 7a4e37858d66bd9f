import type { Path } from '../ground/finding.ts';
import { isMap, type Json } from '../ground/json.ts';
import type { Item } from './item.ts';
import type { How, Reader } from './secret-graph.ts';

/** Reads at a field that is a Secret's name, or at one that holds `name` and perhaps `key`. */
interface Read {
  readonly name: unknown;
  readonly path: Path;
  readonly how: How;
  readonly namespace?: string;
  readonly key?: unknown;
  readonly keyPath?: Path;
  readonly isOptional?: boolean;
}

/** A reader, unless the field holds no name: then the schema says so. */
export function readerOf(item: Item, read: Read): Reader[] {
  const { name, path, how, key, keyPath, isOptional = false, namespace = item.namespace } = read;
  if (typeof name !== 'string' || name === '') return [];
  return [
    {
      item,
      namespace,
      secret: name,
      path,
      how,
      isOptional,
      ...(typeof key === 'string' && { key }),
      ...(keyPath !== undefined && { keyPath }),
    },
  ];
}

/** A `{ name, key }` reference, as most APIs have it. */
export function refReader(
  item: Item,
  ref: Json | undefined,
  path: Path,
  how: How,
  namespace?: string,
): Reader[] {
  if (!isMap(ref)) return [];
  return readerOf(item, {
    name: ref['name'],
    path: [...path, 'name'],
    how,
    key: ref['key'],
    keyPath: [...path, 'key'],
    isOptional: ref['optional'] === true,
    ...(namespace !== undefined && { namespace }),
  });
}

/** The Secrets that a list of imagePullSecrets names. */
export function pullReaders(item: Item, list: readonly Json[], path: Path): Reader[] {
  return list.flatMap((entry, index) => refReader(item, entry, [...path, index], 'pull'));
}
