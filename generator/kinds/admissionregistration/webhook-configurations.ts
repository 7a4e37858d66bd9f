import type { Kind } from '../kind.ts';

const shared = {
  group: 'admissionregistration.k8s.io',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  sendsToServices: true,
} as const;

export const mutatingWebhooks: Kind = { ...shared, kind: 'MutatingWebhookConfiguration' };
export const validatingWebhooks: Kind = { ...shared, kind: 'ValidatingWebhookConfiguration' };
