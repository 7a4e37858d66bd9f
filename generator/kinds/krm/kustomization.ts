import type { Kind } from '../kind.ts';

export const kustomizationFile: Kind = {
  group: 'kustomize.config.k8s.io',
  kind: 'Kustomization',
};
