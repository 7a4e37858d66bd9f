import { withField } from '../../ground/changed-value.ts';
import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';
import { annotatedSecret } from '../onepassword/one-password-item.ts';
import { lastingPods, templateSource, withRollout, workloadForm } from './workload.ts';

export const deployment: Kind = {
  group: 'apps',
  kind: 'Deployment',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: lastingPods,
  rollout: ({ name }) => `deployment/${name}`,
  podSource: templateSource,
  fixed: fixedAt(['spec', 'selector']),
  makes: annotatedSecret,
  form: object =>
    withField(object, 'spec', spec => ({
      replicas: 1,
      ...workloadForm(DEFAULTS, withRollout('strategy', QUARTERS, spec)),
    })),
};

const DEFAULTS = {
  progressDeadlineSeconds: 600,
  revisionHistoryLimit: 10,
  paused: false,
  minReadySeconds: 0,
};

const QUARTERS = { maxUnavailable: '25%', maxSurge: '25%' };
