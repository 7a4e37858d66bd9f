import { listAt, mapAt, textAt } from '../../ground/json.ts';
import type { ClusterEvent } from '../core/event.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { CLUSTER_LABEL } from './pod-labels.ts';

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
export interface ClusterPhase {
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
