import type { Rule } from './rule.ts';
import { archiveCollision } from './rules/archive-collision.ts';
import { awsName } from './rules/aws-name.ts';
import { awsThrottling } from './rules/aws-throttling.ts';
import { backupMethod } from './rules/backup-method.ts';
import { clearTextPush } from './rules/clear-text-push.ts';
import { cnpgName } from './rules/cnpg-name.ts';
import { collectorComponent } from './rules/collector-component.ts';
import { collectorVariable } from './rules/collector-variable.ts';
import { collectorVariableScheme } from './rules/collector-variable-scheme.ts';
import { deprecatedVersion } from './rules/deprecated-version.ts';
import { duplicateBackup } from './rules/duplicate-backup.ts';
import { duplicateObject } from './rules/duplicate-object.ts';
import { duplicatePush } from './rules/duplicate-push.ts';
import { duplicateSecretKey } from './rules/duplicate-secret-key.ts';
import { duplicateTarget } from './rules/duplicate-target.ts';
import { duplicateVariable } from './rules/duplicate-variable.ts';
import { emptyTemplate } from './rules/empty-template.ts';
import { escapedVariable } from './rules/escaped-variable.ts';
import { findPrefix } from './rules/find-prefix.ts';
import { generatorRefresh } from './rules/generator-refresh.ts';
import { iamAction } from './rules/iam-action.ts';
import { iamResource } from './rules/iam-resource.ts';
import { iamTrust } from './rules/iam-trust.ts';
import { ignoredAccountName } from './rules/ignored-account-name.ts';
import { immutableTarget } from './rules/immutable-target.ts';
import { impossiblePassword } from './rules/impossible-password.ts';
import { inTreeBackup } from './rules/in-tree-backup.ts';
import { invalidFetch } from './rules/invalid-fetch.ts';
import { invalidObject } from './rules/invalid-object.ts';
import { invalidPod } from './rules/invalid-pod.ts';
import { loginUsername } from './rules/login-username.ts';
import { mergeWithoutSecret } from './rules/merge-without-secret.ts';
import { missingCnpgReload } from './rules/missing-cnpg-reload.ts';
import { missingNamespace } from './rules/missing-namespace.ts';
import { missingOptional } from './rules/missing-optional.ts';
import { missingProperty } from './rules/missing-property.ts';
import { missingReload } from './rules/missing-reload.ts';
import { missingSkipDryRun } from './rules/missing-skip-dry-run.ts';
import { notCreated } from './rules/not-created.ts';
import { otlpPath } from './rules/otlp-path.ts';
import { ownedArgocdSecret } from './rules/owned-argocd-secret.ts';
import { parameterName } from './rules/parameter-name.ts';
import { plaintextSecret } from './rules/plaintext-secret.ts';
import { policyConflict } from './rules/policy-conflict.ts';
import { pullSecretType } from './rules/pull-secret-type.ts';
import { quotedTemplate } from './rules/quoted-template.ts';
import { rawUrlPassword } from './rules/raw-url-password.ts';
import { readOnlyService } from './rules/read-only-service.ts';
import { recoveryOwner } from './rules/recovery-owner.ts';
import { refreshInterval } from './rules/refresh-interval.ts';
import { refreshStopped } from './rules/refresh-stopped.ts';
import { reloadTarget } from './rules/reload-target.ts';
import { remoteKey } from './rules/remote-key.ts';
import { reservedRole } from './rules/reserved-role.ts';
import { secretManifest } from './rules/secret-manifest.ts';
import { serviceAccountRole } from './rules/service-account-role.ts';
import { servicePort } from './rules/service-port.ts';
import { sharedCertificate } from './rules/shared-certificate.ts';
import { sharedEntry } from './rules/shared-entry.ts';
import { shellVariable } from './rules/shell-variable.ts';
import { storeAccess } from './rules/store-access.ts';
import { storeConditions } from './rules/store-conditions.ts';
import { storeConnection } from './rules/store-connection.ts';
import { storeNamespace } from './rules/store-namespace.ts';
import { storeProvider } from './rules/store-provider.ts';
import { storeUrl } from './rules/store-url.ts';
import { swappedCredentials } from './rules/swapped-credentials.ts';
import { syncOrder } from './rules/sync-order.ts';
import { templateEscaping } from './rules/template-escaping.ts';
import { templateSource } from './rules/template-source.ts';
import { templateSyntax } from './rules/template-syntax.ts';
import { templateType } from './rules/template-type.ts';
import { twoArchivers } from './rules/two-archivers.ts';
import { undefinedVolume } from './rules/undefined-volume.ts';
import { unfillableVariable } from './rules/unfillable-variable.ts';
import { unknownCluster } from './rules/unknown-cluster.ts';
import { unknownDependency } from './rules/unknown-dependency.ts';
import { unknownEntry } from './rules/unknown-entry.ts';
import { unknownExternalCluster } from './rules/unknown-external-cluster.ts';
import { unknownGenerator } from './rules/unknown-generator.ts';
import { unknownHost } from './rules/unknown-host.ts';
import { unknownLogin } from './rules/unknown-login.ts';
import { unknownObjectStore } from './rules/unknown-object-store.ts';
import { unknownOwner } from './rules/unknown-owner.ts';
import { unknownPath } from './rules/unknown-path.ts';
import { unknownRole } from './rules/unknown-role.ts';
import { unknownSecret } from './rules/unknown-secret.ts';
import { unknownSecretKey } from './rules/unknown-secret-key.ts';
import { unknownServiceAccount } from './rules/unknown-service-account.ts';
import { unknownStore } from './rules/unknown-store.ts';
import { unknownTemplateKey } from './rules/unknown-template-key.ts';
import { unknownValueKey } from './rules/unknown-value-key.ts';
import { unknownVariable } from './rules/unknown-variable.ts';
import { unmadeReference } from './rules/unmade-reference.ts';
import { unmatchedPatch } from './rules/unmatched-patch.ts';
import { unmatchedRewrite } from './rules/unmatched-rewrite.ts';
import { unmatchedSelector } from './rules/unmatched-selector.ts';
import { unservedVersion } from './rules/unserved-version.ts';
import { unusedSecret } from './rules/unused-secret.ts';
import { urlWithoutAt } from './rules/url-without-at.ts';
import { variableCollision } from './rules/variable-collision.ts';
import { variableName } from './rules/variable-name.ts';
import { variableOrder } from './rules/variable-order.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
  archiveCollision,
  awsName,
  awsThrottling,
  backupMethod,
  clearTextPush,
  cnpgName,
  collectorComponent,
  collectorVariable,
  collectorVariableScheme,
  deprecatedVersion,
  duplicateBackup,
  duplicateObject,
  duplicatePush,
  duplicateSecretKey,
  duplicateTarget,
  duplicateVariable,
  emptyTemplate,
  escapedVariable,
  findPrefix,
  generatorRefresh,
  iamAction,
  iamResource,
  iamTrust,
  ignoredAccountName,
  immutableTarget,
  impossiblePassword,
  inTreeBackup,
  invalidFetch,
  invalidObject,
  invalidPod,
  loginUsername,
  mergeWithoutSecret,
  missingCnpgReload,
  missingNamespace,
  missingOptional,
  missingProperty,
  missingReload,
  missingSkipDryRun,
  notCreated,
  otlpPath,
  ownedArgocdSecret,
  parameterName,
  plaintextSecret,
  policyConflict,
  pullSecretType,
  quotedTemplate,
  rawUrlPassword,
  readOnlyService,
  recoveryOwner,
  refreshInterval,
  refreshStopped,
  reloadTarget,
  remoteKey,
  reservedRole,
  secretManifest,
  serviceAccountRole,
  servicePort,
  sharedCertificate,
  sharedEntry,
  shellVariable,
  storeAccess,
  storeConditions,
  storeConnection,
  storeNamespace,
  storeProvider,
  storeUrl,
  swappedCredentials,
  syncOrder,
  templateEscaping,
  templateSource,
  templateSyntax,
  templateType,
  twoArchivers,
  undefinedVolume,
  unfillableVariable,
  unknownCluster,
  unknownDependency,
  unknownEntry,
  unknownExternalCluster,
  unknownGenerator,
  unknownHost,
  unknownLogin,
  unknownObjectStore,
  unknownOwner,
  unknownPath,
  unknownRole,
  unknownSecret,
  unknownSecretKey,
  unknownServiceAccount,
  unknownStore,
  unknownTemplateKey,
  unknownValueKey,
  unknownVariable,
  unmadeReference,
  unmatchedPatch,
  unmatchedRewrite,
  unmatchedSelector,
  unservedVersion,
  unusedSecret,
  urlWithoutAt,
  variableCollision,
  variableName,
  variableOrder,
];
