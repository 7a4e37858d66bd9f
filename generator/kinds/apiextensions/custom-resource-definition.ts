import type { Kind } from '../kind.ts';

export const customResourceDefinition: Kind = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  hosts: 'none',
  isNoPlainText: true,
};
