/** The API of a kind: its group and the versions that are served, the newest first. */
export interface Api {
  readonly group: string;
  readonly kinds: string;
  readonly served: readonly string[];
  /** Served still, and announced to go. */
  readonly deprecated?: readonly string[];
  readonly since: string;
}

/**
 * What is served: Kubernetes 1.34 to 1.36 (k8s.io/api 0.36, APILifecycleRemoved of each type), ESO
 * since 0.17, CNPG 1.30, and the OpenTelemetry operator (domain-facts.md, sections 2, 3 and 5).
 */
export const APIS: readonly Api[] = [
  {
    group: '',
    kinds:
      'ConfigMap Namespace PersistentVolume PersistentVolumeClaim Pod ReplicationController Secret Service ServiceAccount',
    served: ['v1'],
    since: 'Kubernetes 1.0',
  },
  {
    group: 'apps',
    kinds: 'Deployment StatefulSet DaemonSet ReplicaSet',
    served: ['v1'],
    since: 'Kubernetes 1.16',
  },
  { group: 'batch', kinds: 'Job CronJob', served: ['v1'], since: 'Kubernetes 1.25' },
  {
    group: 'networking.k8s.io',
    kinds: 'Ingress IngressClass NetworkPolicy',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  {
    group: 'rbac.authorization.k8s.io',
    kinds: 'Role RoleBinding ClusterRole ClusterRoleBinding',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  { group: 'policy', kinds: 'PodDisruptionBudget', served: ['v1'], since: 'Kubernetes 1.25' },
  {
    group: 'autoscaling',
    kinds: 'HorizontalPodAutoscaler',
    served: ['v2', 'v1'],
    since: 'Kubernetes 1.26',
  },
  // Removed, and nothing has taken its place.
  { group: 'policy', kinds: 'PodSecurityPolicy', served: [], since: 'Kubernetes 1.25' },
  {
    group: 'apiextensions.k8s.io',
    kinds: 'CustomResourceDefinition',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  {
    group: 'apiregistration.k8s.io',
    kinds: 'APIService',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  {
    group: 'admissionregistration.k8s.io',
    kinds: 'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  {
    group: 'admissionregistration.k8s.io',
    kinds: 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
    served: ['v1'],
    since: 'Kubernetes 1.34',
  },
  {
    group: 'certificates.k8s.io',
    kinds: 'CertificateSigningRequest',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  { group: 'coordination.k8s.io', kinds: 'Lease', served: ['v1'], since: 'Kubernetes 1.22' },
  { group: 'discovery.k8s.io', kinds: 'EndpointSlice', served: ['v1'], since: 'Kubernetes 1.25' },
  {
    group: 'flowcontrol.apiserver.k8s.io',
    kinds: 'FlowSchema PriorityLevelConfiguration',
    served: ['v1'],
    since: 'Kubernetes 1.32',
  },
  { group: 'node.k8s.io', kinds: 'RuntimeClass', served: ['v1'], since: 'Kubernetes 1.25' },
  { group: 'scheduling.k8s.io', kinds: 'PriorityClass', served: ['v1'], since: 'Kubernetes 1.22' },
  {
    group: 'storage.k8s.io',
    kinds: 'CSIDriver CSINode StorageClass VolumeAttachment',
    served: ['v1'],
    since: 'Kubernetes 1.22',
  },
  {
    group: 'storage.k8s.io',
    kinds: 'CSIStorageCapacity',
    served: ['v1'],
    since: 'Kubernetes 1.27',
  },
  {
    group: 'storage.k8s.io',
    kinds: 'VolumeAttributesClass',
    served: ['v1', 'v1beta1'],
    deprecated: ['v1beta1'],
    since: 'Kubernetes 1.34',
  },
  {
    group: 'external-secrets.io',
    kinds: 'ExternalSecret ClusterExternalSecret SecretStore ClusterSecretStore',
    served: ['v1'],
    since: 'External Secrets Operator 0.17',
  },
  {
    group: 'external-secrets.io',
    kinds: 'PushSecret ClusterPushSecret',
    served: ['v1alpha1'],
    since: 'its first release in External Secrets Operator',
  },
  {
    group: 'generators.external-secrets.io',
    kinds:
      'ACRAccessToken ClusterGenerator ECRAuthorizationToken Fake GCRAccessToken GithubAccessToken Grafana MFA Password QuayAccessToken SSHKey STSSessionToken UUID VaultDynamicSecret Webhook',
    served: ['v1alpha1'],
    since: 'its first release in External Secrets Operator',
  },
  {
    group: 'postgresql.cnpg.io',
    kinds:
      'Backup Cluster ClusterImageCatalog Database DatabaseRole ImageCatalog Pooler Publication ScheduledBackup Subscription',
    served: ['v1'],
    since: 'CloudNativePG 1.15',
  },
  {
    group: 'opentelemetry.io',
    kinds: 'OpenTelemetryCollector',
    served: ['v1beta1', 'v1alpha1'],
    deprecated: ['v1alpha1'],
    since: 'OpenTelemetry operator 0.100',
  },
];
