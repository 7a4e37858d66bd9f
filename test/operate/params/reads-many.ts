/** Names without a prefix, sorted. */
export const NAMES: readonly string[] = Array.from(
  { length: 120 },
  (_, at) => `/key-${String(at).padStart(3, '0')}`,
);

/** A store, and an ExternalSecret that reads them all of it. */
export function readsMany(service: string, prefix = ''): string {
  const data = NAMES.map((key, at) => `    - { secretKey: k${at}, remoteRef: { key: ${key} } }`);
  return `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: aws }
spec: { provider: { aws: { service: ${service}, region: eu-west-1${prefix} } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api, namespace: shop }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data:
${data.join('\n')}
`;
}
