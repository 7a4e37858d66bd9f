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

/**
 * Whether a text is a template of an ExternalSecret, in one or in the settings of a chart that makes
 * them, or one of those that a PushSecret has; a SealedSecret took them over.
 */
export function isTemplatePlace(path: Path): boolean {
  const at = path.indexOf('template');
  if (at < 1) return false;
  const [before, field] = [path[at - 1], path[at + 1]];
  if (field === 'templateFrom') return path.at(-1) === 'literal';
  const isPushed = path[0] === 'spec' && (at === 1 || before === 'pushSecretSpec');
  return field === 'data' && (before === 'target' || isPushed);
}
