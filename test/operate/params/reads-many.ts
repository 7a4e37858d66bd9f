import { dataOf, externalOf, joined, storeOf } from '../aws-manifests.ts';

/** Names without a prefix, sorted. */
export const NAMES: readonly string[] = Array.from(
  { length: 120 },
  (_, at) => `/key-${String(at).padStart(3, '0')}`,
);

/** A store, and an ExternalSecret that reads them all of it. */
export function readsMany(service: string, prefix = ''): string {
  return joined(
    storeOf(`service: ${service}, region: eu-west-1${prefix}`),
    externalOf('api', 'kind: ClusterSecretStore, name: aws', dataOf(NAMES)),
  );
}
