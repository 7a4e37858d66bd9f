import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { ESO, nameOfKey, servedAlpha } from './group.ts';
import { type StoreRef, storeRefOf } from './store-ref.ts';

export const pushSecret: Kind = {
  group: ESO,
  kind: 'PushSecret',
  served: servedAlpha,
  holds: nameOfKey,
  durations: [['spec', 'refreshInterval']],
  reads: item =>
    refRead(mapAt(specOf(item), 'selector')['secret'], {
      path: ['spec', 'selector', 'secret'],
      how: 'store',
    }),
  mayMake: item => pushedNames(specOf(item)),
};

/** What is written to a store may be a Secret of this cluster. */
export function pushedNames(spec: JsonObject): string[] {
  return listAt(spec, 'data').flatMap(
    entry => textAt(entry, 'match', 'remoteRef', 'remoteKey') ?? [],
  );
}

/** The stores that it names; it may choose others by their labels. */
export function pushedStores(item: Item): StoreRef[] {
  return listAt(specOf(item), 'secretStoreRefs').flatMap((entry, index) => {
    const ref = storeRefOf(entry, ['spec', 'secretStoreRefs', index]);
    return ref === undefined || ref.name === '' ? [] : [ref];
  });
}
