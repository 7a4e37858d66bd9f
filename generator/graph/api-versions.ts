import type { Item } from './item.ts';
import { APIS, type Api } from './served-apis.ts';

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
  /** The apiVersion to write; undefined where nothing has taken its place. */
  readonly wanted: string | undefined;
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
  const [newest] = api.served;
  const wanted = api.group === '' || newest === undefined ? newest : `${api.group}/${newest}`;
  return { isServed, wanted, since: api.since };
}

/** What to write in the place of an apiVersion that is not served. */
export function versionHint({ wanted, since }: VersionFault): string {
  return wanted === undefined
    ? `Remove it: it is gone since ${since}, and nothing has taken its place.`
    : `Write ${wanted}: it is the one since ${since}. Fields may have changed with it.`;
}

/** Other projects have Ingresses too: only Kubernetes' old group is surely meant. */
function isOldIngress(kind: string, group: string): boolean {
  return group === 'extensions' && (kind === 'Ingress' || kind === 'NetworkPolicy');
}
