import { annotationOf, type PlacedObject } from '../kind.ts';

/** With `keep` Helm, and Argo CD with an Application, leave an object where it is. */
export const RESOURCE_POLICY = 'helm.sh/resource-policy';

/** Whether an object asks to be left. */
export function isKeptByHelm(object: PlacedObject): boolean {
  return annotationOf(object, RESOURCE_POLICY) === 'keep';
}
