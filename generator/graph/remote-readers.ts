import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import type { Reader, SecretGraph } from './secret-graph.ts';
import { remoteOf } from './stores.ts';

/** What an ExternalSecret reads of Secrets in this cluster, through kubernetes stores. */
export function remoteReaders(
  { object, namespace, storeRef: usual, data, dataFrom }: ExternalSecret,
  find: SecretGraph['find'],
): Reader[] {
  const usually = remoteOf(find, usual, namespace);
  const isUsual = (entry: { readonly storeRef: ExternalSecret['storeRef'] }): boolean =>
    entry.storeRef === usual;
  if (usually === undefined && data.every(isUsual) && dataFrom.every(isUsual)) return [];
  const lookUp = (ref: ExternalSecret['storeRef']): string | undefined =>
    ref === usual ? usually : remoteOf(find, ref, namespace);
  const base = { object, isOptional: false, how: 'eso' } as const;
  return [
    ...data.flatMap(({ path, key, property, storeRef }): Reader[] => {
      const remote = lookUp(storeRef);
      if (remote === undefined) return [];
      const ref = [...path, 'remoteRef'];
      const read = { namespace: remote, secret: key, path: [...ref, 'key'], ...base };
      return [
        property === undefined ? read : { key: property, keyPath: [...ref, 'property'], ...read },
      ];
    }),
    ...dataFrom.flatMap(({ path, extract, storeRef }): Reader[] => {
      const remote = lookUp(storeRef);
      if (remote === undefined || extract === undefined) return [];
      return [{ namespace: remote, secret: extract, path: [...path, 'extract', 'key'], ...base }];
    }),
  ];
}
