import { groupBy } from '../ground/group-by.ts';
import { iamPolicy, iamRole, podIdentityAssociation } from './ack/iam.ts';
import {
  mutatingWebhooks,
  validatingWebhooks,
} from './admissionregistration/webhook-configurations.ts';
import { customResourceDefinition } from './apiextensions/custom-resource-definition.ts';
import { daemonSet } from './apps/daemon-set.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { statefulSet } from './apps/stateful-set.ts';
import { argoApplication } from './argocd/application.ts';
import { applicationSet } from './argocd/application-set.ts';
import { rollout } from './argocd/rollout.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJob } from './batch/cron-job.ts';
import { job } from './batch/job.ts';
import { certificate } from './cert-manager/certificate.ts';
import { clusterIssuer } from './cert-manager/cluster-issuer.ts';
import { issuer } from './cert-manager/issuer.ts';
import { cnpgBackup } from './cnpg/backup.ts';
import { cnpgCluster } from './cnpg/cluster.ts';
import { cnpgDatabase } from './cnpg/database.ts';
import { databaseRole } from './cnpg/database-role.ts';
import { objectStore } from './cnpg/object-store.ts';
import { pooler } from './cnpg/pooler.ts';
import { publication } from './cnpg/publication.ts';
import { scheduledBackup } from './cnpg/scheduled-backup.ts';
import { subscription } from './cnpg/subscription.ts';
import { configMap } from './core/config-map.ts';
import { coreNamespace } from './core/namespace.ts';
import { persistentVolume } from './core/persistent-volume.ts';
import { persistentVolumeClaim } from './core/persistent-volume-claim.ts';
import { corePod } from './core/pod.ts';
import { replicationController } from './core/replication-controller.ts';
import { coreSecret } from './core/secret.ts';
import { coreService } from './core/service.ts';
import { serviceAccount } from './core/service-account.ts';
import { managedResource } from './crossplane/managed-resources.ts';
import { postgresCluster } from './crunchy/postgres-cluster.ts';
import { dopplerSecret } from './doppler/doppler-secret.ts';
import { elasticsearch } from './eck/elasticsearch.ts';
import { kibana } from './eck/kibana.ts';
import { envoyGateway } from './envoy-gateway/envoy-gateway.ts';
import { clusterExternalSecret } from './eso/cluster-external-secret.ts';
import { clusterPushSecret } from './eso/cluster-push-secret.ts';
import { clusterSecretStore } from './eso/cluster-secret-store.ts';
import { externalSecret } from './eso/external-secret.ts';
import { generators } from './eso/generators.ts';
import { pushSecret } from './eso/push-secret.ts';
import { secretStore } from './eso/secret-store.ts';
import { artifactGenerator, externalArtifact } from './flux/artifact-generator.ts';
import { fluxInstance } from './flux/flux-instance.ts';
import { helmChart } from './flux/helm-chart.ts';
import { helmRelease } from './flux/helm-release.ts';
import { fluxKustomization } from './flux/kustomization.ts';
import { fluxNotification } from './flux/notification.ts';
import { ociRepository } from './flux/oci-repository.ts';
import { fluxSources } from './flux/sources.ts';
import { backendTlsPolicy } from './gateway/backend-tls-policy.ts';
import { gateway } from './gateway/gateway.ts';
import { grafana } from './grafana/grafana.ts';
import { grafanaParts } from './grafana/parts.ts';
import { chartValues } from './helm/chart-values.ts';
import { infisicalDynamicSecret, infisicalSecret } from './infisical/infisical-secret.ts';
import { infisicalStaticSecret } from './infisical/infisical-static-secret.ts';
import { infisicalLogins } from './infisical/logins.ts';
import { istioGateways } from './istio/gateways.ts';
import { clusterTriggerAuthentication } from './keda/cluster-trigger-authentication.ts';
import { scaledJob } from './keda/scaled-job.ts';
import { scaledObject } from './keda/scaled-object.ts';
import { triggerAuthentication } from './keda/trigger-authentication.ts';
import type { Kind } from './kind.ts';
import { knativeServing } from './knative/serving.ts';
import { kustomizationFile } from './krm/kustomization.ts';
import { resourceList } from './krm/resource-list.ts';
import { kyvernoPolicies } from './kyverno/policies.ts';
import { backupTarget } from './longhorn/backup-target.ts';
import { recurringJob } from './longhorn/recurring-job.ts';
import { mariaDbConnection } from './mariadb/connection.ts';
import { mariaDb } from './mariadb/maria-db.ts';
import { maxScale } from './mariadb/max-scale.ts';
import { mariaDbBackups, mariaDbReaders } from './mariadb/readers.ts';
import { prometheusOperator } from './monitoring/prometheus-operator.ts';
import { sharedPostgres } from './movetokube/shared-postgres.ts';
import { ingress } from './networking/ingress.ts';
import { networkPolicy } from './networking/network-policy.ts';
import { onePasswordItem } from './onepassword/one-password-item.ts';
import { openTelemetryCollector } from './otel/open-telemetry-collector.ts';
import { podDisruptionBudget } from './policy/pod-disruption-budget.ts';
import { podSecurityPolicy } from './policy/pod-security-policy.ts';
import { rabbitmqCluster } from './rabbitmq/rabbitmq-cluster.ts';
import { clusterRole } from './rbac/cluster-role.ts';
import { clusterRoleBinding } from './rbac/cluster-role-binding.ts';
import { role } from './rbac/role.ts';
import { roleBinding } from './rbac/role-binding.ts';
import { redisDatabases } from './redis/databases.ts';
import { cephObjectStoreUser } from './rook/ceph-object-store-user.ts';
import { cephPools } from './rook/ceph-pools.ts';
import { objectBucketClaim } from './rook/object-bucket-claim.ts';
import { priorityClass } from './scheduling/priority-class.ts';
import { sealedSecret } from './sealed-secrets/sealed-secret.ts';
import { secretProviderClass } from './secrets-store/secret-provider-class.ts';
import { storageClass } from './storage/storage-class.ts';
import { volumeAttributesClass } from './storage/volume-attributes-class.ts';
import { volumeSnapshotClass } from './storage/volume-snapshot-class.ts';
import { kafka, kafkaClients, kafkaNodePool, kafkaTopic } from './strimzi/kafka.ts';
import { kafkaUser } from './strimzi/kafka-user.ts';
import { traefikRoutes } from './traefik/routes.ts';
import { vaultLogins } from './vault/vault-logins.ts';
import { vaultSecrets } from './vault/vault-secrets.ts';
import { backupStorageLocation } from './velero/backup-storage-location.ts';
import { veleroBackup, veleroSchedule } from './velero/schedule.ts';
import { replicationDestination, replicationSource } from './volsync/replications.ts';
import { withoutSecrets } from './without-secrets.ts';
import { zalandoPostgresql } from './zalando/postgresql.ts';

/** Every kind of which something is known. */
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
  ...generators,
  ...withoutSecrets,
];

const byName: ReadonlyMap<string, readonly Kind[]> = groupBy(kinds, ({ kind }) => kind);

/** All kinds of a name, whatever their groups. */
export function kindsNamed(name: string): readonly Kind[] {
  return byName.get(name) ?? [];
}

/** Groups that had the kinds of others once, or never had any. */
const ABANDONED = /^(|[a-z]+|.*\.k8s\.io|kubernetes-client\.io)$/;

/**
 * What is known of a kind: by group and kind, or, where a manifest has a group that is gone or
 * never was, by a name that only one kind has. Undefined: nothing.
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
