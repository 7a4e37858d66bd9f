import type { Rule } from './rule.ts';
import { cnpgName } from './rules/cnpg-name.ts';
import { duplicateSecretKey } from './rules/duplicate-secret-key.ts';
import { duplicateTarget } from './rules/duplicate-target.ts';
import { generatorRefresh } from './rules/generator-refresh.ts';
import { iamAction } from './rules/iam-action.ts';
import { iamResource } from './rules/iam-resource.ts';
import { iamTrust } from './rules/iam-trust.ts';
import { immutableTarget } from './rules/immutable-target.ts';
import { loginUsername } from './rules/login-username.ts';
import { mergeWithoutSecret } from './rules/merge-without-secret.ts';
import { missingCnpgReload } from './rules/missing-cnpg-reload.ts';
import { missingReload } from './rules/missing-reload.ts';
import { notCreated } from './rules/not-created.ts';
import { otlpPath } from './rules/otlp-path.ts';
import { parameterName } from './rules/parameter-name.ts';
import { plaintextSecret } from './rules/plaintext-secret.ts';
import { policyConflict } from './rules/policy-conflict.ts';
import { refreshInterval } from './rules/refresh-interval.ts';
import { refreshStopped } from './rules/refresh-stopped.ts';
import { reloadTarget } from './rules/reload-target.ts';
import { secretManifest } from './rules/secret-manifest.ts';
import { serviceAccountRole } from './rules/service-account-role.ts';
import { storeConditions } from './rules/store-conditions.ts';
import { storeNamespace } from './rules/store-namespace.ts';
import { storeProvider } from './rules/store-provider.ts';
import { unknownCluster } from './rules/unknown-cluster.ts';
import { unknownGenerator } from './rules/unknown-generator.ts';
import { unknownRole } from './rules/unknown-role.ts';
import { unknownSecret } from './rules/unknown-secret.ts';
import { unknownSecretKey } from './rules/unknown-secret-key.ts';
import { unknownServiceAccount } from './rules/unknown-service-account.ts';
import { unknownStore } from './rules/unknown-store.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
  cnpgName,
  duplicateSecretKey,
  duplicateTarget,
  generatorRefresh,
  iamAction,
  iamResource,
  iamTrust,
  immutableTarget,
  loginUsername,
  mergeWithoutSecret,
  missingCnpgReload,
  missingReload,
  notCreated,
  otlpPath,
  parameterName,
  plaintextSecret,
  policyConflict,
  refreshInterval,
  refreshStopped,
  reloadTarget,
  secretManifest,
  serviceAccountRole,
  storeConditions,
  storeNamespace,
  storeProvider,
  unknownCluster,
  unknownGenerator,
  unknownRole,
  unknownSecret,
  unknownSecretKey,
  unknownServiceAccount,
  unknownStore,
];
