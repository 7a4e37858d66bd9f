import type { Kind, PlacedObject, Read } from './kind.ts';
import { specFieldReads } from './secret-refs.ts';

export const KEDA = 'keda.sh';

/** The keys with the parameters of a trigger. */
const authentication = {
  group: KEDA,
  reads: (object: PlacedObject): Read[] =>
    specFieldReads(object, 'keda', { 'secretTargetRef.*': [] }),
} as const;

/** The annotation of a ScaledObject that sets a number of pods and holds it (docs/facts/operators.md#keda). */
export const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';

export const scaledObject: Kind = {
  group: KEDA,
  kind: 'ScaledObject',
  fields: { hosts: ['spec', 'triggers'] },
};

export const kedaKinds: readonly Kind[] = [
  { ...authentication, kind: 'TriggerAuthentication' },
  { ...authentication, kind: 'ClusterTriggerAuthentication', isOfCluster: true },
  { ...scaledObject, kind: 'ScaledJob' },
];
