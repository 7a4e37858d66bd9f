import { isMap } from '../spec/merge-environment.ts';
import type { StoreRef } from './external-secrets.ts';
import { type Item, mapAt, specOf, textAt } from './item.ts';

/** The store that a reference means: in the namespace, or the cluster's own. */
export function storeOf(
  find: (kind: string, namespace: string, name: string) => Item | undefined,
  ref: StoreRef,
  namespace: string,
): Item | undefined {
  return find(ref.kind, ref.kind === 'ClusterSecretStore' ? '' : namespace, ref.name);
}

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: Item): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes']) || Object.keys(provider).length > 1) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}
