import { TEMPLATE_SPEC, templateSource } from '../apps/workload.ts';
import type { Kind } from '../kind.ts';
import { ARGOCD } from './application.ts';

/** Of Argo Rollouts: a Deployment with other strategies. */
export const rollout: Kind = {
  group: ARGOCD,
  kind: 'Rollout',
  pods: { path: TEMPLATE_SPEC, isLasting: () => true },
  podSource: templateSource,
};
