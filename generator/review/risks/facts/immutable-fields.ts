import type { Path } from '../../../ground/finding.ts';
import { type Json, mapAt } from '../../../ground/json.ts';
import { isSame } from '../../../ground/same.ts';
import { valueAt } from '../../../ground/value-path.ts';
import type { Changed } from '../../changes/comparison.ts';

/** Fields of Kubernetes' own kinds that an update cannot change (kubernetes 1.36, validation.go). */
const IMMUTABLE: Readonly<Record<string, readonly Path[]>> = {
  'apps/Deployment': [['spec', 'selector']],
  'apps/DaemonSet': [['spec', 'selector']],
  'apps/ReplicaSet': [['spec', 'selector']],
  'batch/Job': [
    ['spec', 'template'],
    ['spec', 'selector'],
    ['spec', 'completionMode'],
    ['spec', 'podFailurePolicy'],
    ['spec', 'successPolicy'],
    ['spec', 'backoffLimitPerIndex'],
    ['spec', 'managedBy'],
  ],
  'rbac.authorization.k8s.io/RoleBinding': [['roleRef']],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [['roleRef']],
  'scheduling.k8s.io/PriorityClass': [['value'], ['preemptionPolicy']],
  'storage.k8s.io/StorageClass': [
    ['provisioner'],
    ['parameters'],
    ['reclaimPolicy'],
    ['volumeBindingMode'],
  ],
};

/** All else in the spec of a StatefulSet is as it was made (ValidateStatefulSetUpdate). */
const MUTABLE_OF_STATEFUL_SET = new Set([
  'minReadySeconds',
  'ordinals',
  'persistentVolumeClaimRetentionPolicy',
  'replicas',
  'revisionHistoryLimit',
  'template',
  'updateStrategy',
]);

/** The fields of a changed object that the API server does not let change. */
export function changedImmutables(change: Changed): Path[] {
  const { group, kind } = change.head;
  const name = `${group}/${kind}`;
  if (name === 'apps/StatefulSet') return statefulSetFields(change);
  if (name === '/PersistentVolumeClaim') return claimFields(change);
  if (name === '/Service') return clusterAddress(change);
  const paths = Object.hasOwn(IMMUTABLE, name) ? (IMMUTABLE[name] ?? []) : [];
  return [...paths, ...completions(change)].filter(path => !isSameAt(change, path));
}

function statefulSetFields(change: Changed): Path[] {
  const fields = [change.before, change.after].flatMap(side => Object.keys(mapAt(side, 'spec')));
  return [...new Set(fields)]
    .filter(field => !MUTABLE_OF_STATEFUL_SET.has(field))
    .map(field => ['spec', field])
    .filter(path => !isSameAt(change, path));
}

/** Only a Job with an index may be given more to complete. */
function completions({ head, after }: Changed): Path[] {
  const isIndexed = mapAt(after, 'spec')['completionMode'] === 'Indexed';
  return head.kind === 'Job' && head.group === 'batch' && !isIndexed
    ? [['spec', 'completions']]
    : [];
}

/** What is left out, the cluster has filled in: only what both sides say can be compared. */
function claimFields(change: Changed): Path[] {
  const fields = ['accessModes', 'dataSource', 'dataSourceRef', 'selector', 'storageClassName'];
  return [...fields, 'volumeMode', 'volumeName']
    .map(field => ['spec', field])
    .filter(path => [change.before, change.after].every(side => valueAt(side, path) !== undefined))
    .filter(path => !isSameAt(change, path));
}

/** A Service keeps its address: none (headless) is one too, and nothing written means the old one. */
function clusterAddress({ before, after }: Changed): Path[] {
  const [was, is] = [before, after].map(side => mapAt(side, 'spec')['clusterIP'] ?? '');
  const isExternal = mapAt(before, 'spec')['type'] === 'ExternalName';
  return is === '' || is === was || isExternal ? [] : [['spec', 'clusterIP']];
}

/** The order of a list counts: the API server compares as it stands. */
function isSameAt({ before, after }: Changed, path: Path): boolean {
  return isSame(valueAt(before, path) as Json, valueAt(after, path) as Json);
}
