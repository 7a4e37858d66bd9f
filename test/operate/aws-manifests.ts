/** A store of AWS, of which `aws` says all: a SecretStore of a namespace, or else a ClusterSecretStore. */
export function storeOf(aws: string, name = 'aws', namespace?: string): string {
  const [kind, home] =
    namespace === undefined
      ? ['ClusterSecretStore', '']
      : ['SecretStore', `, namespace: ${namespace}`];
  return `apiVersion: external-secrets.io/v1
kind: ${kind}
metadata: { name: ${name}${home} }
spec: { provider: { aws: { ${aws} } } }
`;
}

/** An ExternalSecret of a namespace: the fields of its store reference, and the lines with its entries. */
export function externalOf(name: string, ref: string, entries: string, namespace = 'shop'): string {
  return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  secretStoreRef: { ${ref} }
  ${entries}
`;
}

/** A PushSecret of namespace shop to one store. */
export function pushOf(name: string, ref: string, secret: string, entries: string): string {
  return `apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: { name: ${name}, namespace: shop }
spec:
  secretStoreRefs: [{ ${ref} }]
  selector: { secret: { name: ${secret} } }
  ${entries}
`;
}

/** Manifests as one text. */
export function joined(...manifests: readonly string[]): string {
  return manifests.join('---\n');
}

/** The entries that read these keys. */
export function dataOf(keys: readonly string[]): string {
  const entries = keys.map((key, at) => `{ secretKey: k${at}, remoteRef: { key: ${key} } }`);
  return `data: [${entries.join(', ')}]`;
}

/** A store of Parameter Store, and an ExternalSecret that reads the parameter `/a` of it. */
export const READS_A: string = joined(
  storeOf('service: ParameterStore, region: eu-west-1', 'aws', 'shop'),
  externalOf('api', 'name: aws', 'data: [{ secretKey: a, remoteRef: { key: /a } }]'),
);
