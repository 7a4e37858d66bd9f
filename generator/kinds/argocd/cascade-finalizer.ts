import { type Json, listAt } from '../../ground/json.ts';

/** The finalizer, in its three forms (argo-cd 3.5, application_defaults.go). */
const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;

/** The one that an ApplicationSet gives its Applications where its template has none. */
export const USUAL_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/**
 * The finalizer with which the deletion of an object deletes all that it manages; undefined: what it
 * manages is left running (argo-cd 3.5, docs/user-guide/app_deletion.md).
 */
export function cascadeFinalizer(object: unknown): string | undefined {
  const isCascade = (finalizer: Json): finalizer is string =>
    typeof finalizer === 'string' && CASCADE.test(finalizer);
  return listAt(object, 'metadata', 'finalizers').find(isCascade);
}
