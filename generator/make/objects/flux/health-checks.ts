import type { JsonObject } from '../../../ground/json.ts';
import { groupOf, type KubeObject } from '../../../ground/kube-object.ts';
import { CNPG_V1 } from '../../../kinds/cnpg/group.ts';

/** When an object is ready, in CEL on its fields. */
interface HealthCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: string;
}

const READY = "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')";

/**
 * When kinds are ready of which Flux itself knows no more than a condition: an object without one, as each has
 * been before its operator saw it, is ready to Flux (docs/facts/flux.md#health). None says that something has
 * failed: their operators try again, and so Flux waits until its timeout. Fields of status: api/v1 of
 * cloudnative-pg 1.30.0, apis of external-secrets 1.3.2.
 */
const CHECKS: readonly HealthCheck[] = [
  { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', current: READY },
  /*
   * Ready, of what it says now (docs/facts/eso.md#what-is-synced). And a Secret that was made once and is
   * immutable: beside it ESO, when it looks again, says that it cannot change it, and is never ready.
   */
  {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    current: [
      `${READY} && (spec.refreshPolicy == 'CreatedOnce' || duration(spec.refreshInterval) <= duration('0s') ||`,
      "status.syncedResourceVersion.startsWith(string(metadata.generation) + '-')) ||",
      "spec.refreshPolicy == 'CreatedOnce' && spec.target.immutable && status.conditions.exists(c,",
      "c.type == 'Ready' && c.message == 'could not update secret, target is immutable')",
    ].join(' '),
  },
  { apiVersion: 'external-secrets.io/v1alpha1', kind: 'PushSecret', current: READY },
  { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', current: READY },
  { apiVersion: CNPG_V1, kind: 'Cluster', current: READY },
  /* CNPG sets observedGeneration, at which Flux looks, only when it has applied that generation. */
  {
    apiVersion: CNPG_V1,
    kind: 'Database',
    current: 'status.applied && has(status.observedGeneration)',
  },
  {
    apiVersion: CNPG_V1,
    kind: 'ScheduledBackup',
    current: 'has(spec.suspend) && spec.suspend || has(status.lastCheckTime)',
  },
];

/** The health checks of the kinds that are among objects. */
export function healthChecks(objects: readonly KubeObject[]): JsonObject[] {
  const kinds = new Set(objects.map(object => `${groupOf(object)}/${object.kind}`));
  return CHECKS.filter(({ apiVersion, kind }) =>
    kinds.has(`${apiVersion.replace(/\/.*/, '')}/${kind}`),
  ).map(check => ({ ...check }));
}
