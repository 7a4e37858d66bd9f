import type { Item } from './item.ts';

/** The API of a kind: its group and the versions that are served, the newest first. */
interface Api {
  readonly group: string;
  readonly kinds: string;
  readonly served: readonly string[];
  /** Served still, and announced to go. */
  readonly deprecated?: readonly string[];
  readonly since: string;
}

/**
 * What is served: Kubernetes 1.25 to 1.34 (deprecation guide), ESO since 0.17, CNPG 1.30, and the
 * OpenTelemetry operator (domain-facts.md, sections 2, 3 and 5).
 */
const APIS: readonly Api[] = [
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

/** Kinds whose name says which API is meant, whatever group a manifest gives them. */
const UNMISTAKABLE =
  /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|CronJob|ConfigMap|PersistentVolumeClaim|ServiceAccount|PodDisruptionBudget|HorizontalPodAutoscaler|ExternalSecret|ClusterExternalSecret|ClusterSecretStore|OpenTelemetryCollector|ClusterRoleBinding|RoleBinding)$/;

/** Groups that had the kinds of others once, or never had any. */
const ABANDONED = /^(|[a-z]+|.*\.k8s\.io|kubernetes-client\.io)$/;

const byKind: ReadonlyMap<string, readonly Api[]> = (() => {
  const kinds = new Map<string, Api[]>();
  for (const api of APIS)
    for (const kind of api.kinds.split(' ')) kinds.set(kind, [...(kinds.get(kind) ?? []), api]);
  return kinds;
})();

/** What is to be said of an object's apiVersion: nothing, as for kinds that are not known. */
export interface VersionFault {
  readonly isServed: boolean;
  /** The apiVersion to write. */
  readonly wanted: string;
  readonly since: string;
}

/** Whether the API server knows the apiVersion of an object, and for how long. */
export function versionFault({ object, group, kind }: Item): VersionFault | undefined {
  const { apiVersion } = object;
  const apis = byKind.get(kind) ?? [];
  const own = apis.find(api => api.group === group);
  const meant = UNMISTAKABLE.test(kind) && ABANDONED.test(group) ? apis[0] : undefined;
  const api = own ?? meant ?? (isOldIngress(kind, group) ? apis[0] : undefined);
  if (api === undefined) return undefined;
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  const isServed = own?.served.includes(version) ?? false;
  if (isServed && own?.deprecated?.includes(version) !== true) return undefined;
  const [newest = ''] = api.served;
  const wanted = api.group === '' ? newest : `${api.group}/${newest}`;
  return { isServed, wanted, since: api.since };
}

/** Other projects have Ingresses too: only Kubernetes' old group is surely meant. */
function isOldIngress(kind: string, group: string): boolean {
  return group === 'extensions' && (kind === 'Ingress' || kind === 'NetworkPolicy');
}
