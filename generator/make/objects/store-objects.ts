import { refOf } from '../../ground/kube-object.ts';
import type { StoreModel } from '../model/model.ts';
import type { EntryObject } from './patches.ts';
import { secretStore } from './secret-store.ts';
import { storeAccess } from './store-access.ts';

/** A store and, when it reads Secrets of the cluster, its ServiceAccount and rights. */
export function storeObjects(store: StoreModel, namespace: string): EntryObject[] {
  const { provider } = store;
  if (provider === undefined) return [];
  const isUnread = provider.type === 'kubernetes' && provider.reads?.length === 0;
  if (isUnread) return []; // ESO calls a store that may read nothing not ready.
  const access = provider.type === 'kubernetes' ? storeAccess(provider) : [];
  const isVerbatim = provider.type === 'given' && provider.isVerbatim;
  return [
    {
      object: secretStore(store, provider, namespace),
      needs: access.map(refOf),
      ...(isVerbatim && { ownTerms: [[['spec', 'provider'], ['provider']]] as const }),
    },
    ...access.map(object => ({ object })),
  ];
}
