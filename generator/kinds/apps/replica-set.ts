import { withField } from '../../ground/changed-value.ts';
import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';
import { TEMPLATE_SPEC, workloadForm } from './workload.ts';

export const replicaSet: Kind = {
  group: 'apps',
  kind: 'ReplicaSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: { path: TEMPLATE_SPEC, restarts: 'always' },
  fixed: fixedAt(['spec', 'selector']),
  form: object => withField(object, 'spec', spec => ({ replicas: 1, ...workloadForm({}, spec) })),
};
