/** Kinds of Kubernetes, ESO, CNPG, KEDA and cert-manager that belong to the cluster. */
const CLUSTER_KINDS = new Set([
  'ClusterExternalSecret',
  'ClusterGenerator',
  'ClusterImageCatalog',
  'ClusterIssuer',
  'ClusterPushSecret',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'ClusterTriggerAuthentication',
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

/** Whether objects of a kind belong to the cluster, not to a namespace. */
export function isClusterKind(kind: string): boolean {
  return CLUSTER_KINDS.has(kind);
}
