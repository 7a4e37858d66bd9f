/** Manifests that many tests are about, one document each. */

/** A Cluster of CloudNativePG. */
export function cnpgCluster(
  name: string = 'shop-db',
  namespace: string = 'shop',
  spec: string = '{ instances: 2, storage: { size: 5Gi } }',
): string {
  return `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/** An ExternalSecret of the store "aws", with what it fetches as YAML in brackets. */
export function externalSecret(
  name: string = 'login',
  data: string = '[{ secretKey: a, remoteRef: { key: /a } }]',
): string {
  return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: shop }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data: ${data}
`;
}

/** What has Flux apply a folder of the repository. */
export function fluxKustomization(
  name: string,
  path: string = `apps/${name}`,
  more: string = 'prune: true',
): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  path: ./${path}
  interval: 1h
  ${more}
  sourceRef: { kind: GitRepository, name: flux-system }
`;
}

/** What has Argo CD apply a folder of the repository. */
export function application(name: string, path: string, more: string = ''): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  source: { repoURL: https://git.example.org/shop, path: ${path}${more === '' ? '' : `, ${more}`} }
  destination: { server: https://kubernetes.default.svc, namespace: shop }
  syncPolicy: { automated: { prune: true } }
`;
}

/** A Pod that reads a Secret. */
export function podReading(
  secret: string,
  name: string = 'web',
  namespace: string = 'shop',
): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace} }
spec: { containers: [{ name: a, image: a/b:1, envFrom: [{ secretRef: { name: ${secret} } }] }] }
`;
}

/** A ConfigMap, with its data as YAML in braces. */
export function configMap(name: string, data: string = '{}'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: ${data}\n`;
}

/** A Namespace. */
export function namespaceOf(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`;
}
