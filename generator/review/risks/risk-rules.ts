import type { RiskRule } from './risk-rule.ts';
import { applicationRemoved } from './rules/application-removed.ts';
import { archiveIsSource } from './rules/archive-is-source.ts';
import { archiveShared } from './rules/archive-shared.ts';
import { backupPathChanged } from './rules/backup-path-changed.ts';
import { backupRemoved } from './rules/backup-removed.ts';
import { bootstrapOwner } from './rules/bootstrap-owner.ts';
import { clusterRecovery } from './rules/cluster-recovery.ts';
import { clusterRemoved } from './rules/cluster-removed.ts';
import { creationPolicy } from './rules/creation-policy.ts';
import { dataMoved } from './rules/data-moved.ts';
import { dataRemoved } from './rules/data-removed.ts';
import { databaseDropped } from './rules/database-dropped.ts';
import { deletionPolicyDelete } from './rules/deletion-policy-delete.ts';
import { dependencyLost } from './rules/dependency-lost.ts';
import { externalSecretRemoved } from './rules/external-secret-removed.ts';
import { fieldImmutable } from './rules/field-immutable.ts';
import { fluxKustomizationRemoved } from './rules/flux-kustomization-removed.ts';
import { guardRemoved } from './rules/guard-removed.ts';
import { hostLost } from './rules/host-lost.ts';
import { identityDuplicate } from './rules/identity-duplicate.ts';
import { ignoredBootstrap } from './rules/ignored-bootstrap.ts';
import { immutableCnpgField } from './rules/immutable-cnpg-field.ts';
import { namespaceMove } from './rules/namespace-move.ts';
import { namespaceRemoved } from './rules/namespace-removed.ts';
import { podsRestarted } from './rules/pods-restarted.ts';
import { postgresMajor } from './rules/postgres-major.ts';
import { pruneEnabled } from './rules/prune-enabled.ts';
import { reclaimPolicy } from './rules/reclaim-policy.ts';
import { recoveryMajor } from './rules/recovery-major.ts';
import { refreshFaster } from './rules/refresh-faster.ts';
import { releaseRenamed } from './rules/release-renamed.ts';
import { remoteRef } from './rules/remote-ref.ts';
import { retentionShortened } from './rules/retention-shortened.ts';
import { rotationStopped } from './rules/rotation-stopped.ts';
import { secretImmutable } from './rules/secret-immutable.ts';
import { secretKeyLost } from './rules/secret-key-lost.ts';
import { secretLost } from './rules/secret-lost.ts';
import { secretUnread } from './rules/secret-unread.ts';
import { singleInstance } from './rules/single-instance.ts';
import { staleVariable } from './rules/stale-variable.ts';
import { storageClass } from './rules/storage-class.ts';
import { storageShrunk } from './rules/storage-shrunk.ts';
import { storeChanged } from './rules/store-changed.ts';
import { storeLost } from './rules/store-lost.ts';
import { superuserAccessOff } from './rules/superuser-access-off.ts';
import { targetRenamed } from './rules/target-renamed.ts';
import { twoOwners } from './rules/two-owners.ts';
import { twoWalArchivers } from './rules/two-wal-archivers.ts';
import { versionUnserved } from './rules/version-unserved.ts';
import { volumeClaimRemoved } from './rules/volume-claim-removed.ts';

/** All risk rules, by id. */
export const riskRules: readonly RiskRule[] = [
  applicationRemoved,
  archiveIsSource,
  archiveShared,
  backupPathChanged,
  backupRemoved,
  bootstrapOwner,
  clusterRecovery,
  clusterRemoved,
  creationPolicy,
  dataMoved,
  dataRemoved,
  databaseDropped,
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
  podsRestarted,
  postgresMajor,
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
  staleVariable,
  storageClass,
  storageShrunk,
  storeChanged,
  storeLost,
  superuserAccessOff,
  targetRenamed,
  twoOwners,
  twoWalArchivers,
  versionUnserved,
  volumeClaimRemoved,
];
