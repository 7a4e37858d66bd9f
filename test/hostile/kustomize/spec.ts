/** A spec with an environment that switches a component on. */
export const spec: string = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  stores: { local: { kubernetes: {} } }
  environments: { dev: { components: [c] } }
`;
