import type { Path } from '../../ground/finding.ts';
import type { Content, Served } from '../kind.ts';

/** External Secrets Operator: its CRDs of 1.3.2 and 2.x. */
export const ESO = 'external-secrets.io';
export const GENERATORS = 'generators.external-secrets.io';

export const served: Served = {
  versions: ['v1'],
  since: 'External Secrets Operator 0.17',
  operator: { name: 'external-secrets', version: [0, 17] },
};

/** What has been v1alpha1 from the beginning. */
export const servedAlpha: Served = {
  versions: ['v1alpha1'],
  since: 'its first release in External Secrets Operator',
};

/** `secretKey` is the name of a key wherever ESO has it. */
export function nameOfKey(path: Path): Content | undefined {
  return path.at(-1) === 'secretKey' ? 'name' : undefined;
}
