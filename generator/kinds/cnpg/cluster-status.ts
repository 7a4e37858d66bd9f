import type { Path } from '../../core/finding.ts';
import { listAt, mapAt, textAt } from '../../core/json.ts';
import type { ClusterEvent } from '../core/pod.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { cnpgBackup, scheduledBackup } from './backups.ts';
import { cnpgCluster } from './cluster.ts';
import { cnpgDatabase, pooler, publication, subscription } from './database.ts';
import { databaseRole } from './roles.ts';

const HEALTHY = 'Cluster in healthy state';

/** Phases that a Cluster stays in until somebody acts (docs/facts/cnpg.md#status). */
const STUCK: readonly string[] = [
  'Unable to create required cluster objects',
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins',
  'Cluster has incomplete or invalid image catalog',
  'Cluster cannot execute instance online upgrade due to missing architecture binary',
  'Cluster is unrecoverable and needs manual intervention',
  'Invalid cluster definition',
];

/** What CNPG says of its work on a Cluster. */
interface ClusterPhase {
  readonly name: string;
  readonly reason: string;
  readonly isHealthy: boolean;
  readonly isStuck: boolean;
}

/** The phase of a Cluster; undefined: the operator has not set one. */
export function phaseOf({ json }: PlacedObject): ClusterPhase | undefined {
  const name = textAt(json, 'status', 'phase');
  if (name === undefined) return undefined;
  const reason = textAt(json, 'status', 'phaseReason') ?? '';
  return { name, reason, isHealthy: name === HEALTHY, isStuck: STUCK.includes(name) };
}

interface FailedRole {
  readonly role: string;
  readonly errors: readonly string[];
}

/** The roles that CNPG could not set, and whose password is from this Secret or from none. */
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

/** Whether an event says that a Cluster did not find this Secret. */
export function isMissing(
  { reason, message }: Pick<ClusterEvent, 'reason' | 'message'>,
  secret: string,
): boolean {
  return reason === 'SecretNotFound' && message.split(/[\s,:"']/).includes(secret);
}

/** Whether CNPG applied a Database or DatabaseRole; undefined: its status does not say. */
export function appliedStatus({
  json,
}: PlacedObject): { readonly isApplied: boolean; readonly message: string } | undefined {
  const applied = mapAt(json, 'status')['applied'];
  if (typeof applied !== 'boolean') return undefined;
  return { isApplied: applied, message: textAt(json, 'status', 'message') ?? '' };
}

/** Whether a pod belongs to a Cluster: an instance, or a job that makes one. */
export function isPodOf(pod: PlacedObject, cluster: PlacedObject): boolean {
  const labels = mapAt(pod.json, 'metadata', 'labels');
  return pod.namespace === cluster.namespace && textAt(labels, CLUSTER_LABEL) === cluster.name;
}

/** The label of a pod with the name of its Cluster. */
export const CLUSTER_LABEL = 'cnpg.io/cluster';

/** A label with the name of the instance that pods of older versions had. */
export const FORMER_LABEL = 'postgresql';

/** The labels that CNPG gives pods, with their values if there are few (docs/facts/cnpg.md#pod-labels). */
export const POD_LABELS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  [CLUSTER_LABEL, undefined],
  ['cnpg.io/instanceName', undefined],
  ['cnpg.io/instanceRole', ['primary', 'replica']],
  ['cnpg.io/jobRole', undefined],
  ['cnpg.io/podRole', ['instance', 'pooler']],
  ['cnpg.io/poolerName', undefined],
  ['role', ['primary', 'replica']],
]);

/** Those labels of pods that begin with cnpg.io. */
export const POD_LABEL_NAMES: readonly string[] = [...POD_LABELS.keys()].filter(isCnpgLabel);

/** Whether a label is one of CNPG's. */
export function isCnpgLabel(label: string): boolean {
  return label.startsWith('cnpg.io/');
}

/** Labels that a manifest may give the pods of CNPG. The operator may pass on those of the Cluster itself. */
export function givenLabels({ json, known }: PlacedObject): string[] {
  if (known === pooler) return Object.keys(mapAt(json, 'spec', 'template', 'metadata', 'labels'));
  if (known !== cnpgCluster) return [];
  return [
    ...Object.keys(mapAt(json, 'metadata', 'labels')),
    ...Object.keys(mapAt(json, 'spec', 'inheritedMetadata', 'labels')),
  ];
}

/** The kinds whose objects name the CNPG Cluster that they belong to. */
export const CLUSTER_MEMBERS: readonly Kind[] = [
  cnpgBackup,
  cnpgDatabase,
  databaseRole,
  pooler,
  publication,
  scheduledBackup,
  subscription,
];

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
