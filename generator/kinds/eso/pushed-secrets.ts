import type { Path } from '../../ground/finding.ts';
import { listAt, textAt } from '../../ground/json.ts';
import { type Find, type Item, specOf } from '../kind.ts';
import { madeAt } from '../made.ts';
import type { Made } from '../secret-ends.ts';
import { isInCluster, remoteNamespaceOf } from './kubernetes-provider.ts';
import type { StoreRef } from './store-ref.ts';
import { storeKind } from './stores.ts';

/**
 * What a PushSecret writes to kubernetes stores of this cluster: a key for each property, or all
 * keys of what it pushes; others may have keys there too (docs/facts/eso.md#pushed-secrets).
 */
export function pushedSecrets(item: Item, stores: readonly StoreRef[], find: Find): Made[] {
  const homes = stores.flatMap(ref => {
    const store = storeOf(item, ref, find);
    const home = store && isInCluster(store) ? remoteNamespaceOf(store) : undefined;
    return home === undefined ? [] : [home];
  });
  return homes.flatMap(home =>
    listAt(specOf(item), 'data').flatMap((entry, index) => {
      const path: Path = ['spec', 'data', index, 'match', 'remoteRef', 'remoteKey'];
      const property = textAt(entry, 'match', 'remoteRef', 'property');
      const namespace = textAt(entry, 'metadata', 'spec', 'remoteNamespace') ?? home;
      const isOpen = property === undefined;
      return madeAt(item, path, isOpen ? [] : [property], { isOpen, namespace, isShared: true });
    }),
  );
}

/** The stores of these that are not in the set. */
export function unseenStores(item: Item, stores: readonly StoreRef[], find: Find): StoreRef[] {
  return stores.filter(ref => storeOf(item, ref, find) === undefined);
}

function storeOf({ namespace }: Item, { kind, name }: StoreRef, find: Find): Item | undefined {
  const known = storeKind(kind);
  return known && find(known, known.isOfCluster ? '' : namespace, name);
}
