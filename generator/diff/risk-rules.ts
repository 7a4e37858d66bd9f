import { sortBy } from '../core/json.ts';
import { objectIdentity } from '../graph/graph.ts';
import { type Comparison, deployerOf, environmentOf } from './comparison.ts';
import { isUnapplied } from './deletion.ts';
import { applyFails, heldUp } from './facts/undeployed.ts';
import { LEVELS, type Level, type Risk, type RiskRule } from './risk.ts';
import { applicationRemoved } from './risks/application-removed.ts';
import { applyRefused } from './risks/apply-refused.ts';
import { archiveIsSource } from './risks/archive-is-source.ts';
import { archiveShared } from './risks/archive-shared.ts';
import { backupPathChanged } from './risks/backup-path-changed.ts';
import { backupRemoved } from './risks/backup-removed.ts';
import { bootstrapOwner } from './risks/bootstrap-owner.ts';
import { buildBroken } from './risks/build-broken.ts';
import { clusterAdminBound } from './risks/cluster-admin-bound.ts';
import { clusterRecovery } from './risks/cluster-recovery.ts';
import { clusterRemoved } from './risks/cluster-removed.ts';
import { creationPolicy } from './risks/creation-policy.ts';
import { dataMoved } from './risks/data-moved.ts';
import { dataRemoved } from './risks/data-removed.ts';
import { databaseDropped } from './risks/database-dropped.ts';
import { definitionRemoved } from './risks/definition-removed.ts';
import { deletionPolicyDelete } from './risks/deletion-policy-delete.ts';
import { dependencyLost } from './risks/dependency-lost.ts';
import { externalSecretRemoved } from './risks/external-secret-removed.ts';
import { fieldImmutable } from './risks/field-immutable.ts';
import { fluxKustomizationRemoved } from './risks/flux-kustomization-removed.ts';
import { guardRemoved } from './risks/guard-removed.ts';
import { hostLost } from './risks/host-lost.ts';
import { identityDuplicate } from './risks/identity-duplicate.ts';
import { ignoredBootstrap } from './risks/ignored-bootstrap.ts';
import { immutableCnpgField } from './risks/immutable-cnpg-field.ts';
import { namespaceMove } from './risks/namespace-move.ts';
import { namespaceRemoved } from './risks/namespace-removed.ts';
import { networkPolicyRemoved } from './risks/network-policy-removed.ts';
import { noReplicas } from './risks/no-replicas.ts';
import { podsRestarted } from './risks/pods-restarted.ts';
import { postgresMajor } from './risks/postgres-major.ts';
import { privilegedContainer } from './risks/privileged-container.ts';
import { pruneEnabled } from './risks/prune-enabled.ts';
import { reclaimPolicy } from './risks/reclaim-policy.ts';
import { recoveryMajor } from './risks/recovery-major.ts';
import { refreshFaster } from './risks/refresh-faster.ts';
import { releaseRenamed } from './risks/release-renamed.ts';
import { remoteRef } from './risks/remote-ref.ts';
import { retentionShortened } from './risks/retention-shortened.ts';
import { rotationStopped } from './risks/rotation-stopped.ts';
import { secretImmutable } from './risks/secret-immutable.ts';
import { secretKeyLost } from './risks/secret-key-lost.ts';
import { secretLost } from './risks/secret-lost.ts';
import { secretUnread } from './risks/secret-unread.ts';
import { singleInstance } from './risks/single-instance.ts';
import { sourceChanged } from './risks/source-changed.ts';
import { staleVariable } from './risks/stale-variable.ts';
import { storageClass } from './risks/storage-class.ts';
import { storageShrunk } from './risks/storage-shrunk.ts';
import { storeChanged } from './risks/store-changed.ts';
import { storeLost } from './risks/store-lost.ts';
import { superuserAccessOff } from './risks/superuser-access-off.ts';
import { suspended } from './risks/suspended.ts';
import { targetRenamed } from './risks/target-renamed.ts';
import { twoOwners } from './risks/two-owners.ts';
import { twoWalArchivers } from './risks/two-wal-archivers.ts';
import { versionUnserved } from './risks/version-unserved.ts';
import { volumeClaimRemoved } from './risks/volume-claim-removed.ts';

/** A risk with the rule that found it. */
export interface FoundRisk extends Risk {
  readonly rule: RiskRule;
  readonly level: Level;
}

/** All risks of a comparison by environment, the worst first, then by object and rule. */
export function checkRisks(
  comparison: Comparison,
  only: readonly RiskRule[] = riskRules,
): FoundRisk[] {
  const found = only.flatMap(rule =>
    [...rule.check(comparison)]
      .map(risk => {
        const isSafe = risk.side === 'base' && isUnapplied(comparison, risk.object);
        return { level: rule.level, ...risk, rule, ...(isSafe && { level: 'warn' as const }) };
      })
      .map(risk => (rule.refuses && risk.level === 'block' ? refused(risk, comparison) : risk)),
  );
  return sortBy(found, risk => `${environmentOf(comparison, risk.object)}\0${keyOf(risk)}`);
}

function keyOf({ level, object, rule, path, message }: FoundRisk): string {
  return JSON.stringify([LEVELS.indexOf(level), objectIdentity(object), rule.id, path, message]);
}

/** A refused object keeps others from being applied: with what that means for them. */
function refused(risk: FoundRisk, comparison: Comparison): FoundRisk {
  const deployer = deployerOf(comparison, risk.object);
  if (deployer === undefined) return risk;
  const related = [...(risk.related ?? []), ...heldUp(comparison, deployer)];
  return { outcome: applyFails(deployer), ...risk, related };
}

/** All risk rules, by id. */
export const riskRules: readonly RiskRule[] = [
  applicationRemoved,
  applyRefused,
  archiveIsSource,
  archiveShared,
  backupPathChanged,
  backupRemoved,
  bootstrapOwner,
  buildBroken,
  clusterAdminBound,
  clusterRecovery,
  clusterRemoved,
  creationPolicy,
  dataMoved,
  dataRemoved,
  databaseDropped,
  definitionRemoved,
  deletionPolicyDelete,
  dependencyLost,
  externalSecretRemoved,
  fieldImmutable,
  fluxKustomizationRemoved,
  guardRemoved,
  hostLost,
  identityDuplicate,
  ignoredBootstrap,
  immutableCnpgField,
  namespaceMove,
  namespaceRemoved,
  networkPolicyRemoved,
  noReplicas,
  podsRestarted,
  postgresMajor,
  privilegedContainer,
  pruneEnabled,
  reclaimPolicy,
  recoveryMajor,
  refreshFaster,
  releaseRenamed,
  remoteRef,
  retentionShortened,
  rotationStopped,
  secretImmutable,
  secretKeyLost,
  secretLost,
  secretUnread,
  singleInstance,
  sourceChanged,
  staleVariable,
  storageClass,
  storageShrunk,
  storeChanged,
  storeLost,
  superuserAccessOff,
  suspended,
  targetRenamed,
  twoOwners,
  twoWalArchivers,
  versionUnserved,
  volumeClaimRemoved,
];
