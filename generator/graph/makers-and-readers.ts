import { type ExternalSecret, targetPath } from '../kinds/eso/external-secret-spec.ts';
import type { Find, Item } from '../kinds/kind.ts';
import type { Made, Read } from '../kinds/secret-ends.ts';
import type { Maker, Reader, SecretNode } from './secret-graph.ts';

/** What an object makes or reads, with the object, in its namespace unless it says another. */
export function placed<T extends Made | Read>(end: T, item: Item): Placed<T> {
  const { namespace = item.namespace } = end;
  return Object.assign({ item, namespace }, end, { namespace });
}

/** What an object makes or reads, and where. */
type Placed<T> = T & { readonly item: Item; readonly namespace: string };

/** The Secrets that an object makes by itself, without reading a store. */
export function makersOf(item: Item, find: Find): Maker[] {
  return (item.known?.makes?.(item, find) ?? []).map(made => placed(made, item));
}

/** The Secrets that an object reads, beside what its pods do. */
export function readersOf(item: Item): Reader[] {
  return (item.known?.reads?.(item) ?? []).map(read => placed(read, item));
}

/**
 * A read of a Secret wherever it is, at the only one of that name: which keys it has there is not
 * asked, since it may be another. Undefined: there is none, or more than one.
 */
export function settled(reader: Reader, homes: readonly SecretNode[]): Reader | undefined {
  const [home, second] = homes;
  if (home === undefined || second !== undefined) return undefined;
  const { item, secret, path, how } = reader;
  return { item, secret, path, how, namespace: home.namespace, isOptional: true };
}

/** What an ExternalSecret makes; with creationPolicy None nothing, with Merge keys of another's. */
export function externalSecretMakers(secret: ExternalSecret): Maker[] {
  const { item, namespace, target, creationPolicy, keys, type } = secret;
  if (creationPolicy === 'None') return [];
  return [
    {
      item,
      namespace,
      secret: target,
      path: targetPath(secret),
      ...(creationPolicy === 'Merge' && { isMerging: true }),
      ...(isShared(secret) && { isShared: true }),
      ...keys,
      ...(type !== undefined && { type }),
    },
  ];
}

/** It adds to what is there, or writes once and leaves what it wrote to others. */
function isShared({ creationPolicy, refresh: { policy, seconds } }: ExternalSecret): boolean {
  const isOnce = policy === 'CreatedOnce' || seconds === 0;
  return creationPolicy === 'CreateOrMerge' || (creationPolicy === 'Orphan' && isOnce);
}
