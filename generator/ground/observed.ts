import { mapAt } from './json.ts';

/** Where kubectl keeps what it applied last, whole. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The fields of an object's metadata that the API server alone writes: nobody wants them
 * (https://kubernetes.io/docs/reference/kubernetes-api/definitions/object-meta-v1-meta/).
 */
const OBSERVED = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Whether a field of an object's metadata is written by the API server alone. */
export function isObserved(field: string): boolean {
  return OBSERVED.has(field);
}

/** Whether an object was read from a cluster: kubectl writes `creationTimestamp: null` by itself. */
export function isFromCluster(object: unknown): boolean {
  return Object.entries(mapAt(object, 'metadata')).some(
    ([field, value]) => isObserved(field) && value !== null,
  );
}
