import type { Path } from '../ground/finding.ts';
import { valueAt } from '../ground/value-path.ts';
import type { PlacedObject } from './kind.ts';
import type { Made } from './secret-ends.ts';

type More = Omit<Partial<Made>, 'secret' | 'keys'>;

/** A Secret that is named after the object that makes it, with all of its keys. */
export function namedAfter(secret: string, keys: Iterable<string>, more: More = {}): Made {
  return { secret, path: ['metadata', 'name'], keys: new Set(keys), isOpen: false, ...more };
}

/** The Secret that a field names, if it names one, with the keys that are known to be all or `isOpen`. */
export function madeAt(
  { json }: PlacedObject,
  path: Path,
  keys: Iterable<string>,
  more: More = {},
): Made[] {
  const secret = valueAt(json, path);
  if (typeof secret !== 'string' || secret === '') return [];
  return [namedAfter(secret, keys, { ...more, path })];
}
