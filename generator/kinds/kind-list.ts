/** All kinds that we know, some in lists: a line for each file with an entry. */
export { iamPolicy, iamRole, podIdentity } from './ack.ts';
export { daemonSet, deployment, replicaSet, statefulSet } from './apps.ts';
export { argoApplication } from './argocd/application.ts';
export { applicationSet, rollout } from './argocd/application-set.ts';
export { appProject } from './argocd/project.ts';
export { cronJob, job } from './batch.ts';
export { certificate, clusterIssuer, issuer } from './cert-manager.ts';
export { cnpgBackup, objectStore, scheduledBackup } from './cnpg/backups.ts';
export { cnpgCluster } from './cnpg/cluster.ts';
export { cnpgDatabase, databaseRole, pooler, publication, subscription } from './cnpg/members.ts';
export { corePod, replicationController } from './core/pod.ts';
export { configMap, coreSecret } from './core/secret.ts';
export { persistentVolumeClaim, storageClass, volumeKinds } from './core/volumes.ts';
export { postgresCluster } from './crunchy.ts';
export { dopplerSecret } from './doppler.ts';
export { elasticsearch, kibana } from './eck.ts';
export { EXTERNAL_SECRETS, PUSH_SECRETS } from './eso/external-secret.ts';
export { generators } from './eso/generators.ts';
export { clusterSecretStore, secretStore } from './eso/stores.ts';
export { helmChart, helmRelease } from './flux/helm-release.ts';
export {
  artifactGenerator,
  externalArtifact,
  fluxInstance,
  fluxKustomization,
} from './flux/kustomization.ts';
export { fluxNotification, fluxSources, ociRepository } from './flux/sources.ts';
export { gateway, gatewayParts, referenceGrant } from './gateway.ts';
export { grafana, grafanaParts } from './grafana.ts';
export { chartValues } from './helm/values.ts';
export { infisical } from './infisical.ts';
export { kedaKinds, scaledObject } from './keda.ts';
export { knativeServing } from './knative.ts';
export { kustomizationFile, resourceList } from './krm.ts';
export {
  clusterRole,
  clusterRoleBinding,
  coreNamespace,
  coreService,
  customResourceDefinition,
  horizontalPodAutoscaler,
  ingress,
  mutatingWebhooks,
  networkPolicy,
  priorityClass,
  role,
  roleBinding,
  serviceAccount,
  validatingWebhooks,
} from './kubernetes.ts';
export { kubernetesExternalSecret } from './kubernetes-external-secrets.ts';
export { kyvernoPolicies } from './kyverno.ts';
export { backupTarget, recurringJob } from './longhorn.ts';
export { mariaDb, mariaDbBackups, mariaDbConnection, mariaDbReaders, maxScale } from './mariadb.ts';
export { prometheusOperator } from './monitoring.ts';
export { sharedPostgres } from './movetokube.ts';
export { onePasswordItem } from './onepassword.ts';
export { openshift } from './openshift.ts';
export { openTelemetryCollector } from './otel.ts';
export { rabbitmqCluster } from './rabbitmq.ts';
export { redisDatabases } from './redis.ts';
export { rook } from './rook.ts';
export { sealedSecret } from './sealed-secrets.ts';
export { secretDefinition } from './secrets-manager.ts';
export { secretProviderClass } from './secrets-store.ts';
export { kafka, kafkaClients, kafkaNodePool, kafkaTopic, kafkaUser } from './strimzi.ts';
export { traefikRoutes } from './traefik.ts';
export { vaultSecretsOperator } from './vault.ts';
export { backupStorageLocation, veleroSchedule } from './velero.ts';
export { replicationDestination, replicationSource } from './volsync.ts';
export { withoutSecrets } from './without-secrets.ts';
export { zalandoPostgresql } from './zalando.ts';
