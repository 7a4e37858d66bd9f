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

/** The provider of a store: its name and its settings. */
export function providerOf(
  store: Item,
): { readonly name: string; readonly settings: Record<string, unknown> } | undefined {
  const [entry] = Object.entries(mapAt(specOf(store), 'provider'));
  return entry !== undefined && isMap(entry[1])
    ? { name: entry[0], settings: entry[1] }
    : undefined;
}

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: Item): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes'])) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}
