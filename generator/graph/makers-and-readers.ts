import { copyingsOf, copySourceOf } from '../kinds/copiers/copies.ts';
import { type ExternalSecret, targetPath } from '../kinds/eso/external-secret-spec.ts';
import type { Find, PlacedObject } from '../kinds/kind.ts';
import type { Made, Read } from '../kinds/secret-ends.ts';
import {
  addKeys,
  addMaker,
  type GrowingNode,
  type Maker,
  type Reader,
  type SecretNode,
  secretId,
} from './secret-graph.ts';

/** What an object makes or reads, with the object, in its namespace unless it says another. */
export function placed<T extends Made | Read>(end: T, object: PlacedObject): Placed<T> {
  const { namespace = object.namespace } = end;
  return Object.assign({ object, namespace }, end, { namespace });
}

/** What an object makes or reads, and where. */
type Placed<T> = T & { readonly object: PlacedObject; readonly namespace: string };

/** The Secrets that an object makes by itself, without reading a store. */
export function makersOf(object: PlacedObject, find: Find): Maker[] {
  return (object.known?.makes?.(object, find) ?? []).map(made => placed(made, object));
}

/** The Secrets that an object reads, beside what its pods do. */
export function readersOf(object: PlacedObject): Reader[] {
  return (object.known?.reads?.(object) ?? []).map(read => placed(read, object));
}

/**
 * A read of a Secret wherever it is, at the only one of that name: which keys it has there is not
 * asked, since it may be another. Undefined: there is none, or more than one.
 */
export function settled(reader: Reader, homes: readonly SecretNode[]): Reader | undefined {
  const [home, second] = homes;
  if (home === undefined || second !== undefined) return undefined;
  const { object, secret, path, how } = reader;
  return { object, secret, path, how, namespace: home.namespace, isOptional: true };
}

/** What an ExternalSecret makes; with creationPolicy None nothing, with Merge keys of another's. */
export function externalSecretMakers(secret: ExternalSecret): Maker[] {
  const { object, namespace, target, creationPolicy, keys, type } = secret;
  if (creationPolicy === 'None') return [];
  return [
    {
      object,
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

/** How often a mirror may be one of a mirror. */
const LONGEST_CHAIN = 5;

/** Adds the Secrets that operators copy to named namespaces, and the keys that they fill mirrors with. */
export function addCopies(
  secrets: Map<string, GrowingNode>,
  mirrors: readonly PlacedObject[],
): void {
  for (const copy of [...secrets.values()].flatMap(copiesOf)) addMaker(secrets, copy);
  const filled = mirrors.filter(mirror => copySourceOf(mirror) !== undefined);
  for (let round = 0; round < LONGEST_CHAIN && filled.length > 0; round += 1)
    for (const mirror of filled) fillMirror(secrets, mirror);
}

/** Where a Secret of that name is already, none is made. */
function copiesOf({ makers, namespace: home, keys, isOpen }: GrowingNode): Maker[] {
  return makers.flatMap(maker =>
    copyingsOf(maker.object).flatMap(({ namespaces, path }) =>
      namespaces
        .filter(namespace => namespace !== home)
        .map(namespace => ({ ...maker, namespace, path, keys, isOpen, isShared: true as const })),
    ),
  );
}

function fillMirror(secrets: Map<string, GrowingNode>, mirror: PlacedObject): void {
  const source = copySourceOf(mirror);
  const node = secrets.get(secretId(mirror.namespace, mirror.name));
  if (source === undefined || node === undefined) return;
  const from = secrets.get(secretId(source.namespace, source.secret));
  addKeys(node, from?.keys ?? [], from?.isOpen ?? true);
}
