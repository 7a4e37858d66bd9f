/** A store of Parameter Store, and an ExternalSecret that reads the parameter `/a` of it. */
export const READS_A = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: aws, namespace: shop }
spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api, namespace: shop }
spec:
  secretStoreRef: { name: aws }
  data: [{ secretKey: a, remoteRef: { key: /a } }]
`;
