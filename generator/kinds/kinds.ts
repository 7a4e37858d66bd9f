import { groupBy } from '../core/json.ts';
import { iamPolicy, iamRole, podIdentityAssociation } from './ack.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './apps.ts';
import { argoApplication } from './argocd/application.ts';
import { applicationSet, rollout } from './argocd/application-set.ts';
import { cronJob, job } from './batch.ts';
import { certificate, clusterIssuer, issuer } from './cert-manager.ts';
import { cnpgBackup, objectStore, scheduledBackup } from './cnpg/backups.ts';
import { cnpgCluster } from './cnpg/cluster.ts';
import { cnpgDatabase, pooler, publication, subscription } from './cnpg/database.ts';
import { databaseRole } from './cnpg/roles.ts';
import { corePod, replicationController } from './core/pod.ts';
import { configMap, coreSecret } from './core/secret.ts';
import { coreNamespace, coreService, serviceAccount } from './core/service.ts';
import { persistentVolume, persistentVolumeClaim } from './core/volumes.ts';
import { managedResource } from './crossplane.ts';
import { postgresCluster } from './crunchy.ts';
import { dopplerSecret } from './doppler.ts';
import { elasticsearch, kibana } from './eck.ts';
import { envoyGateway } from './envoy-gateway.ts';
import { clusterExternalSecret, clusterPushSecret, pushSecret } from './eso/cluster-kinds.ts';
import { externalSecret } from './eso/external-secret.ts';
import { generators } from './eso/generators.ts';
import { clusterSecretStore, secretStore } from './eso/stores.ts';
import { artifactGenerator, externalArtifact, fluxInstance } from './flux/artifact-generator.ts';
import { helmChart, helmRelease } from './flux/helm-release.ts';
import { fluxKustomization } from './flux/kustomization.ts';
import { fluxNotification, fluxSources, ociRepository } from './flux/sources.ts';
import { backendTlsPolicy, gateway } from './gateway.ts';
import { grafana, grafanaParts } from './grafana.ts';
import { chartValues } from './helm/values.ts';
import {
  infisicalDynamicSecret,
  infisicalLogins,
  infisicalSecret,
  infisicalStaticSecret,
} from './infisical.ts';
import { istioGateways } from './istio.ts';
import {
  clusterTriggerAuthentication,
  scaledJob,
  scaledObject,
  triggerAuthentication,
} from './keda.ts';
import type { Kind } from './kind.ts';
import { knativeServing } from './knative.ts';
import { kustomizationFile, resourceList } from './krm.ts';
import {
  clusterRole,
  clusterRoleBinding,
  customResourceDefinition,
  horizontalPodAutoscaler,
  ingress,
  mutatingWebhooks,
  networkPolicy,
  podDisruptionBudget,
  podSecurityPolicy,
  priorityClass,
  role,
  roleBinding,
  validatingWebhooks,
} from './kubernetes.ts';
import { kubernetesExternalSecret } from './kubernetes-external-secrets.ts';
import { kyvernoPolicies } from './kyverno.ts';
import { backupTarget, recurringJob } from './longhorn.ts';
import { mariaDb, mariaDbBackups, mariaDbConnection, mariaDbReaders, maxScale } from './mariadb.ts';
import { prometheusOperator } from './monitoring.ts';
import { sharedPostgres } from './movetokube.ts';
import { onePasswordItem } from './onepassword.ts';
import { openshift } from './openshift.ts';
import { openTelemetryCollector } from './otel.ts';
import { rabbitmqCluster } from './rabbitmq.ts';
import { redisDatabases } from './redis.ts';
import { cephObjectStoreUser, cephPools, objectBucketClaim } from './rook.ts';
import { sealedSecret } from './sealed-secrets.ts';
import { secretDefinition } from './secrets-manager.ts';
import { secretProviderClass } from './secrets-store.ts';
import { storageClass, volumeAttributesClass, volumeSnapshotClass } from './storage.ts';
import { kafka, kafkaClients, kafkaNodePool, kafkaTopic, kafkaUser } from './strimzi.ts';
import { traefikRoutes } from './traefik.ts';
import { vaultLogins, vaultSecrets } from './vault.ts';
import { backupStorageLocation, veleroBackup, veleroSchedule } from './velero.ts';
import { replicationDestination, replicationSource } from './volsync.ts';
import { withoutSecrets } from './without-secrets.ts';
import { zalandoPostgresql } from './zalando.ts';

/** All kinds that we know. */
export const kinds: readonly Kind[] = [
  mutatingWebhooks,
  validatingWebhooks,
  iamRole,
  iamPolicy,
  podIdentityAssociation,
  customResourceDefinition,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  applicationSet,
  argoApplication,
  rollout,
  horizontalPodAutoscaler,
  cronJob,
  job,
  certificate,
  clusterIssuer,
  issuer,
  cnpgBackup,
  cnpgCluster,
  databaseRole,
  cnpgDatabase,
  objectStore,
  pooler,
  publication,
  scheduledBackup,
  subscription,
  configMap,
  coreNamespace,
  persistentVolume,
  persistentVolumeClaim,
  corePod,
  replicationController,
  coreSecret,
  serviceAccount,
  coreService,
  clusterExternalSecret,
  clusterPushSecret,
  clusterSecretStore,
  externalSecret,
  pushSecret,
  secretStore,
  fluxKustomization,
  fluxInstance,
  artifactGenerator,
  externalArtifact,
  helmChart,
  helmRelease,
  ociRepository,
  backendTlsPolicy,
  gateway,
  chartValues,
  clusterTriggerAuthentication,
  scaledJob,
  scaledObject,
  triggerAuthentication,
  kubernetesExternalSecret,
  kustomizationFile,
  resourceList,
  ingress,
  networkPolicy,
  openTelemetryCollector,
  podDisruptionBudget,
  podSecurityPolicy,
  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,
  priorityClass,
  sealedSecret,
  secretDefinition,
  secretProviderClass,
  storageClass,
  volumeAttributesClass,
  volumeSnapshotClass,
  kafka,
  kafkaUser,
  kafkaNodePool,
  kafkaTopic,
  rabbitmqCluster,
  postgresCluster,
  dopplerSecret,
  elasticsearch,
  kibana,
  grafana,
  infisicalDynamicSecret,
  infisicalSecret,
  infisicalStaticSecret,
  backupTarget,
  recurringJob,
  mariaDbConnection,
  mariaDb,
  maxScale,
  onePasswordItem,
  cephObjectStoreUser,
  objectBucketClaim,
  backupStorageLocation,
  veleroBackup,
  veleroSchedule,
  replicationSource,
  replicationDestination,
  zalandoPostgresql,
  ...fluxSources,
  ...fluxNotification,
  ...prometheusOperator,
  ...redisDatabases,
  ...sharedPostgres,
  ...kafkaClients,
  ...knativeServing,
  ...kyvernoPolicies,
  ...traefikRoutes,
  ...grafanaParts,
  ...cephPools,
  ...mariaDbReaders,
  ...mariaDbBackups,
  ...vaultSecrets,
  ...vaultLogins,
  ...envoyGateway,
  ...infisicalLogins,
  ...istioGateways,
  ...openshift,
  ...generators,
  ...withoutSecrets,
];

const byName: ReadonlyMap<string, readonly Kind[]> = groupBy(kinds, ({ kind }) => kind);

/** All kinds of a name, whatever their groups. */
export function kindsNamed(name: string): readonly Kind[] {
  return byName.get(name) ?? [];
}

/** Groups that no longer have kinds, or never had any. */
const ABANDONED = /^(|[a-z]+|.*\.k8s\.io)$/;

/**
 * The kind with this group and name, or, for a group that was removed or never existed, the only kind with this name.
 * Undefined: not known.
 */
export function kindOf(group: string, kind: string): Kind | undefined {
  const named = kindsNamed(kind);
  return (
    named.find(known => known.group === group) ??
    managedResource(group, kind) ??
    named.find(known => known.served?.formerly?.includes(group)) ??
    (ABANDONED.test(group) ? named.find(known => known.isUnmistakable) : undefined)
  );
}
