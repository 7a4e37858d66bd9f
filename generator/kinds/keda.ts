import { type Kind, kindsOf } from './kind.ts';
import { specFields } from './secret-refs.ts';

export const KEDA = 'keda.sh';

/** The annotation of a ScaledObject that sets a number of pods and holds it (docs/facts/operators.md#keda). */
export const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';

export const scaledObject: Kind = {
  group: KEDA,
  kind: 'ScaledObject',
  fields: { hosts: ['spec', 'triggers'] },
};

/** An authentication has the keys with the parameters of a trigger. */
export const kedaKinds: readonly Kind[] = [
  ...kindsOf(KEDA, 'TriggerAuthentication *ClusterTriggerAuthentication', {
    reads: specFields('keda', { 'secretTargetRef.*': [] }),
  }),
  { ...scaledObject, kind: 'ScaledJob' },
];
