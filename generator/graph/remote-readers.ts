import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf } from '../kinds/eso/kubernetes-provider.ts';
import type { Reader, SecretGraph } from './secret-graph.ts';
import { storeOf } from './stores.ts';

/** What an ExternalSecret reads of Secrets in this cluster, through kubernetes stores. */
export function remoteReaders(
  { item, namespace, storeRef: usual, data, dataFrom }: ExternalSecret,
  find: SecretGraph['find'],
): Reader[] {
  const lookUp = (ref: ExternalSecret['storeRef']): string | undefined => {
    const store = ref === undefined ? undefined : storeOf(find, ref, namespace);
    return store === undefined ? undefined : remoteNamespaceOf(store);
  };
  const usually = lookUp(usual);
  const isUsual = (entry: { readonly storeRef: ExternalSecret['storeRef'] }): boolean =>
    entry.storeRef === usual;
  if (usually === undefined && data.every(isUsual) && dataFrom.every(isUsual)) return [];
  const remoteOf = (ref: ExternalSecret['storeRef']): string | undefined =>
    ref === usual ? usually : lookUp(ref);
  const base = { item, isOptional: false, how: 'eso' } as const;
  return [
    ...data.flatMap(({ path, key, property, storeRef }): Reader[] => {
      const remote = remoteOf(storeRef);
      if (remote === undefined) return [];
      const ref = [...path, 'remoteRef'];
      const read = { namespace: remote, secret: key, path: [...ref, 'key'], ...base };
      return [
        property === undefined ? read : { key: property, keyPath: [...ref, 'property'], ...read },
      ];
    }),
    ...dataFrom.flatMap(({ path, extract, storeRef }): Reader[] => {
      const remote = remoteOf(storeRef);
      if (remote === undefined || extract === undefined) return [];
      return [{ namespace: remote, secret: extract, path: [...path, 'extract', 'key'], ...base }];
    }),
  ];
}
