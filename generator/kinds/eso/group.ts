import type { Served } from '../kind.ts';

/** External Secrets Operator: its CRDs of 1.3.2 and 2.x. */
export const ESO = 'external-secrets.io';
export const GENERATORS = 'generators.external-secrets.io';

export const served: Served = { versions: ['v1'], since: 'External Secrets Operator 0.17' };

/** What has been v1alpha1 from the beginning. */
export const servedAlpha: Served = {
  versions: ['v1alpha1'],
  since: 'its first release in External Secrets Operator',
};
