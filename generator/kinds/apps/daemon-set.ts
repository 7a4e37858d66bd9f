import { withField } from '../../ground/changed-value.ts';
import { mapAt } from '../../ground/json.ts';
import { fixedAt } from '../fixed-fields.ts';
import type { Kind, PlacedObject } from '../kind.ts';
import { lastingPods, templateSource, withRollout, workloadForm } from './workload.ts';

export const daemonSet: Kind = {
  group: 'apps',
  kind: 'DaemonSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: { ...lastingPods, wanted: wantedPods },
  rollout: ({ name }) => `daemonset/${name}`,
  podSource: templateSource,
  fixed: fixedAt(['spec', 'selector']),
  form: object =>
    withField(object, 'spec', spec =>
      workloadForm({ revisionHistoryLimit: 10 }, withRollout('updateStrategy', ONE_DOWN, spec)),
    ),
};

const ONE_DOWN = { maxUnavailable: 1, maxSurge: 0 };

/** One on each node that it takes, which may be none (Kubernetes, DaemonSetStatus). */
function wantedPods({ json }: PlacedObject): number | undefined {
  const { desiredNumberScheduled, observedGeneration } = mapAt(json, 'status');
  const isOld = observedGeneration !== mapAt(json, 'metadata')['generation'];
  return isOld || typeof desiredNumberScheduled !== 'number' ? undefined : desiredNumberScheduled;
}
