import type { Path } from '../../ground/finding.ts';
import { listAt, textAt } from '../../ground/json.ts';
import { type Find, type PlacedObject, specOf } from '../kind.ts';
import { madeAt } from '../made.ts';
import type { Made } from '../secret-ends.ts';
import { isInCluster, remoteNamespaceOf } from './kubernetes-provider.ts';
import type { StoreRef } from './store-ref.ts';
import { storeKind } from './stores.ts';

/**
 * What a PushSecret writes to kubernetes stores of this cluster: a key for each property, or all
 * keys of what it pushes; others may have keys there too (docs/facts/eso.md#pushed-secrets).
 */
export function pushedSecrets(
  object: PlacedObject,
  stores: readonly StoreRef[],
  find: Find,
): Made[] {
  const homes = stores.flatMap(ref => {
    const store = storeOf(object, ref, find);
    const home = store && isInCluster(store) ? remoteNamespaceOf(store) : undefined;
    return home === undefined ? [] : [home];
  });
  return homes.flatMap(home =>
    listAt(specOf(object), 'data').flatMap((entry, index) => {
      const path: Path = ['spec', 'data', index, 'match', 'remoteRef', 'remoteKey'];
      const property = textAt(entry, 'match', 'remoteRef', 'property');
      const namespace = textAt(entry, 'metadata', 'spec', 'remoteNamespace') ?? home;
      const isOpen = property === undefined;
      return madeAt(object, path, isOpen ? [] : [property], { isOpen, namespace, isShared: true });
    }),
  );
}

/** The stores of these that are not in the set. */
export function unseenStores(
  object: PlacedObject,
  stores: readonly StoreRef[],
  find: Find,
): StoreRef[] {
  return stores.filter(ref => storeOf(object, ref, find) === undefined);
}

function storeOf(
  { namespace }: PlacedObject,
  { kind, name }: StoreRef,
  find: Find,
): PlacedObject | undefined {
  const known = storeKind(kind);
  return known && find(known, known.isOfCluster ? '' : namespace, name);
}
