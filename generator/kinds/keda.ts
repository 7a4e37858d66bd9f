import type { Kind, PlacedObject, Read } from './kind.ts';
import { specFieldReads } from './secret-refs.ts';

export const KEDA = 'keda.sh';

export const triggerAuthentication: Kind = {
  group: KEDA,
  kind: 'TriggerAuthentication',
  reads: authenticationReads,
};

/** The keys with the parameters of a trigger. */
function authenticationReads(object: PlacedObject): Read[] {
  return specFieldReads(object, 'keda', { 'secretTargetRef.*': [] });
}

export const clusterTriggerAuthentication: Kind = {
  group: KEDA,
  kind: 'ClusterTriggerAuthentication',
  isOfCluster: true,
  reads: authenticationReads,
};

export const scaledJob: Kind = {
  group: KEDA,
  kind: 'ScaledJob',
  fields: { hosts: ['spec', 'triggers'] },
};

/** The annotation of a ScaledObject that sets a number of pods and holds it (docs/facts/operators.md#keda). */
export const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';

export const scaledObject: Kind = {
  group: KEDA,
  kind: 'ScaledObject',
  fields: { hosts: ['spec', 'triggers'] },
};
