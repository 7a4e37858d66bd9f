import { fixedAt, type Kind } from './kind.ts';

export const horizontalPodAutoscaler: Kind = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  isUnmistakable: true,
  served: { versions: ['v2', 'v1'], since: 'Kubernetes 1.26' },
};

export const podDisruptionBudget: Kind = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.25' },
};

/** Removed, and nothing has taken its place. */
export const podSecurityPolicy: Kind = {
  group: 'policy',
  kind: 'PodSecurityPolicy',
  isOfCluster: true,
  served: { versions: [], since: 'Kubernetes 1.25' },
};

export const priorityClass: Kind = {
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  changes: { fixed: fixedAt(['value'], ['preemptionPolicy']) },
};

const shared = {
  group: 'admissionregistration.k8s.io',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  fields: { sendsToServices: true },
} as const;

export const mutatingWebhooks: Kind = { ...shared, kind: 'MutatingWebhookConfiguration' };
export const validatingWebhooks: Kind = { ...shared, kind: 'ValidatingWebhookConfiguration' };

export const customResourceDefinition: Kind = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  fields: { hosts: 'none', isPlainTextAllowed: true },
};
