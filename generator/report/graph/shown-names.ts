import type { ObjectName } from '../../ground/finding.ts';
import { maskMessage } from '../../ground/mask/text.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { oneLine } from '../one-line.ts';

/** An object as it may be shown. */
export function objectOf(object: PlacedObject): ObjectName {
  return shownObject(objectName(object));
}

/** An object's name as it may be shown. */
export function shownObject({ kind, namespace, name }: ObjectName): ObjectName {
  const home = namespace === undefined ? {} : { namespace: shown(namespace) };
  return { kind: shown(kind), ...home, name: shown(name) };
}

/** Any name may turn out to be a secret, or to hold characters that would move the cursor. */
export const shown: (name: string) => string = oncePerText(name => oneLine(maskMessage(name)));

/** As they may be shown, sorted, each once. */
export function names<T extends string>(list: Iterable<T>): string[] {
  return [...new Set([...list].map(shown))].sort();
}

/** What objects are sorted by. */
export function sortKey({ kind = '', namespace = '', name }: Partial<ObjectName>): string {
  return [namespace, kind, name].join('\0');
}
