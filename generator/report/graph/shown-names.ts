import type { Item } from '../../graph/item.ts';
import type { ObjectName } from '../../source/finding.ts';
import { hideSecrets } from '../../source/secret-text.ts';

/** An object as it may be shown. */
export function objectOf({ kind, namespace, name }: Item): ObjectName {
  return shownObject({ kind, ...(namespace !== '' && { namespace }), name });
}

/** An object's name as it may be shown. */
export function shownObject({ kind, namespace, name }: ObjectName): ObjectName {
  const home = namespace === undefined ? {} : { namespace: shown(namespace) };
  return { kind: shown(kind), ...home, name: shown(name) };
}

/** Any name may turn out to be a secret, or to hold characters that would move the cursor. */
export function shown(name: string): string {
  return hideSecrets(name).replaceAll(/[\p{C}\u2028\u2029]/gu, '\uFFFD');
}

/** As they may be shown, sorted, each once. */
export function names<T extends string>(list: Iterable<T>): string[] {
  return [...new Set([...list].map(shown))].sort();
}

/** What objects are sorted by. */
export function objectText({ kind = '', namespace = '', name }: Partial<ObjectName>): string {
  return [namespace, kind, name].join('\0');
}

/** Sorted by a text, in code-unit order. */
export function sortBy<T>(list: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = list.map(item => ({ item, text: textOf(item) }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ item }) => item);
}
