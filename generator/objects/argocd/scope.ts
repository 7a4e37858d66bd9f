import type { KubeObject } from '../kube-object.ts';

/** Kinds of Kubernetes, ESO, CNPG and cert-manager that belong to the cluster. */
const CLUSTER_SCOPED = new Set([
  'ClusterExternalSecret',
  'ClusterGenerator',
  'ClusterImageCatalog',
  'ClusterIssuer',
  'ClusterPushSecret',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** Whether an object belongs to the cluster, not to a namespace. */
export function isClusterScoped({ kind }: KubeObject): boolean {
  return CLUSTER_SCOPED.has(kind);
}
