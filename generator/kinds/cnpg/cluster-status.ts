import type { Path } from '../../core/finding.ts';
import { listAt, mapAt, textAt } from '../../core/json.ts';
import type { ClusterEvent } from '../core/pod.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { cnpgBackup, scheduledBackup } from './backups.ts';
import { cnpgCluster } from './cluster.ts';
import { cnpgDatabase, pooler, publication, subscription } from './database.ts';
import { databaseRole } from './roles.ts';

const HEALTHY = 'Cluster in healthy state';

/** Phases that a Cluster does not leave by itself (docs/facts/cnpg.md#status). */
const STUCK: readonly string[] = [
  'Unable to create required cluster objects',
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins',
  'Cluster has incomplete or invalid image catalog',
  'Cluster cannot execute instance online upgrade due to missing architecture binary',
  'Cluster is unrecoverable and needs manual intervention',
  'Invalid cluster definition',
];

/** How far CNPG is with a Cluster. */
interface ClusterPhase {
  readonly name: string;
  readonly reason: string;
  readonly isHealthy: boolean;
  readonly isStuck: boolean;
}

/** The phase of a Cluster; undefined: the operator has not looked at it. */
export function phaseOf({ json }: PlacedObject): ClusterPhase | undefined {
  const name = textAt(json, 'status', 'phase');
  if (name === undefined) return undefined;
  const reason = textAt(json, 'status', 'phaseReason') ?? '';
  return { name, reason, isHealthy: name === HEALTHY, isStuck: STUCK.includes(name) };
}

/** A role that CNPG could not set, and why. */
interface FailedRole {
  readonly role: string;
  readonly errors: readonly string[];
}

/** The roles of a Cluster that have their password from a Secret, or from none, and were not set. */
export function failedRoles(cluster: PlacedObject, secret: string): FailedRole[] {
  const failed = mapAt(cluster.json, 'status', 'managedRolesStatus', 'cannotReconcile');
  const others = new Set(
    listAt(specOf(cluster), 'managed', 'roles')
      .filter(role => (textAt(role, 'passwordSecret', 'name') ?? secret) !== secret)
      .map(role => textAt(role, 'name')),
  );
  return Object.entries(failed)
    .filter(([role]) => !others.has(role))
    .map(([role, errors]) => ({ role, errors: (Array.isArray(errors) ? errors : []).map(String) }));
}

/** Whether an event of a Cluster is that it has not found a Secret. */
export function isMissing(
  { reason, message }: Pick<ClusterEvent, 'reason' | 'message'>,
  secret: string,
): boolean {
  return reason === 'SecretNotFound' && message.split(/[\s,:"']/).includes(secret);
}

/** Whether CNPG did what a Database or a DatabaseRole says; undefined: it has not said. */
export function appliedStatus({
  json,
}: PlacedObject): { readonly isApplied: boolean; readonly message: string } | undefined {
  const applied = mapAt(json, 'status')['applied'];
  if (typeof applied !== 'boolean') return undefined;
  return { isApplied: applied, message: textAt(json, 'status', 'message') ?? '' };
}

/** Whether a pod is of a Cluster: an instance, or a job that makes one. */
export function isPodOf(pod: PlacedObject, cluster: PlacedObject): boolean {
  const labels = mapAt(pod.json, 'metadata', 'labels');
  return pod.namespace === cluster.namespace && textAt(labels, CLUSTER_LABEL) === cluster.name;
}

/** The label of a pod with the name of its Cluster. */
export const CLUSTER_LABEL = 'cnpg.io/cluster';

/** What pods had before, with the name of the instance, and have no more. */
export const FORMER_LABEL = 'postgresql';

/** The labels that CNPG gives pods, with their values where there are few (docs/facts/cnpg.md#pod-labels). */
const POD_LABELS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  [CLUSTER_LABEL, undefined],
  ['cnpg.io/instanceName', undefined],
  ['cnpg.io/instanceRole', ['primary', 'replica']],
  ['cnpg.io/jobRole', undefined],
  ['cnpg.io/podRole', ['instance', 'pooler']],
  ['cnpg.io/poolerName', undefined],
  ['role', ['primary', 'replica']],
]);

/** The names of the labels in CNPG's own namespace that pods have. */
export const POD_LABEL_NAMES: readonly string[] = [...POD_LABELS.keys()].filter(isCnpgLabel);

/** Whether a label is one of CNPG's. */
export function isCnpgLabel(label: string): boolean {
  return label.startsWith('cnpg.io/');
}

/** The values that a label of CNPG's pods has; undefined: any, or it is none of theirs. */
export function podLabelValues(label: string): readonly string[] | undefined {
  return POD_LABELS.get(label);
}

/** Labels that a manifest gives the pods of CNPG; those of the Cluster itself the operator may pass on. */
export function givenLabels({ json, known }: PlacedObject): string[] {
  if (known === pooler) return Object.keys(mapAt(json, 'spec', 'template', 'metadata', 'labels'));
  if (known !== cnpgCluster) return [];
  return [
    ...Object.keys(mapAt(json, 'metadata', 'labels')),
    ...Object.keys(mapAt(json, 'spec', 'inheritedMetadata', 'labels')),
  ];
}

/** The kinds that belong to a CNPG Cluster, and name it. */
export const CLUSTER_MEMBERS: readonly Kind[] = [
  cnpgBackup,
  cnpgDatabase,
  databaseRole,
  pooler,
  publication,
  scheduledBackup,
  subscription,
];

/** Where each of them names its Cluster. */
export const CLUSTER_PATH: Path = ['spec', 'cluster', 'name'];

/** The name of the Cluster that an object belongs to, in its namespace. */
export function cnpgClusterNameOf(object: unknown): string | undefined {
  return textAt(object, ...CLUSTER_PATH.map(String));
}

/** The CNPG Cluster that an object belongs to. */
export function cnpgClusterOf(
  { find }: { readonly find: Find },
  object: PlacedObject,
): PlacedObject | undefined {
  return find(cnpgCluster, object.namespace, cnpgClusterNameOf(object.json) ?? '');
}
