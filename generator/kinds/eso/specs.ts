import type { Path } from '../../core/finding.ts';
import type { Kind, PlacedObject } from '../kind.ts';
import { clusterExternalSecret, clusterPushSecret, pushSecret } from './cluster-kinds.ts';
import { externalSecret } from './external-secret.ts';

/** A kind and the one that makes its objects in many namespaces, with the path of the spec in each. */
export type SpecPlaces = ReadonlyMap<Kind, Path>;

export const EXTERNAL_SECRETS: SpecPlaces = new Map<Kind, Path>([
  [externalSecret, ['spec']],
  [clusterExternalSecret, ['spec', 'externalSecretSpec']],
]);

export const PUSH_SECRETS: SpecPlaces = new Map<Kind, Path>([
  [pushSecret, ['spec']],
  [clusterPushSecret, ['spec', 'pushSecretSpec']],
]);

/** Whether an object is an ExternalSecret, or makes them. */
export function isExternalSecret({ known }: PlacedObject): boolean {
  return known !== undefined && EXTERNAL_SECRETS.has(known);
}
