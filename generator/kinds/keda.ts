import { listAt } from '../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { refRead } from './secret-refs.ts';

export const KEDA = 'keda.sh';

export const triggerAuthentication: Kind = {
  group: KEDA,
  kind: 'TriggerAuthentication',
  reads: authenticationReads,
};

/** The keys with the parameters of a trigger. */
function authenticationReads(object: PlacedObject): Read[] {
  return listAt(specOf(object), 'secretTargetRef').flatMap((entry, index) =>
    refRead(entry, { path: ['spec', 'secretTargetRef', index], how: 'keda' }),
  );
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
