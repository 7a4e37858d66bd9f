import { itemIdentity } from '../../graph/graph-of.ts';
import { inNamespace } from '../../ground/namespace-words.ts';
import { oncePer } from '../../ground/once-per.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Comparison } from './comparison.ts';

/** An object of head and what it was on base under another name or in another namespace, each way. */
export type Partners = ReadonlyMap<Item, Item>;

/** The objects that seem to be the same under another name or in another namespace. */
export const partnersOf: (comparison: Comparison) => Partners = oncePer(
  ({ changes }) =>
    new Map(
      changes.flatMap(change =>
        change.what === 'added' && change.was !== undefined
          ? [
              [change.head, change.was],
              [change.was, change.head],
            ]
          : [],
      ),
    ),
);

/**
 * Names what is said about an object, the same on both sides though the object has another name or
 * namespace on one of them.
 */
export function lastingKey(message: string, item: Item, partners: Partners): string {
  const partner = partners.get(item);
  if (partner === undefined) return `${itemIdentity(item)} ${message}`;
  const names = [
    ...new Set(
      [item, partner].flatMap(({ namespace, name }) => [inNamespace(namespace), `"${name}"`]),
    ),
  ];
  const rest = names.reduce((text, name) => text.replaceAll(name, ''), message);
  return JSON.stringify([[itemIdentity(item), itemIdentity(partner)].sort(), rest]);
}

/** A place in an object that reads something of a namespace. */
interface Read {
  readonly item: Item;
  readonly namespace: string;
}

/** A read of head as it was on base, where its object had another name or namespace. */
export function formerRead<T extends Read>(read: T, partners: Partners): T {
  const { item } = read;
  const was = partners.get(item);
  if (was === undefined) return read;
  const namespace = read.namespace === item.namespace ? was.namespace : read.namespace;
  return { ...read, item: was, namespace };
}

/** Whether an object is in another namespace than before; one that it names none in may be the same. */
export function isMoved(item: Item, partners: Partners): boolean {
  const was = partners.get(item)?.namespace ?? '';
  return was !== '' && item.namespace !== '' && was !== item.namespace;
}
