import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { cascadeFinalizer, USUAL_FINALIZER } from './application.ts';
import { applicationSet } from './application-set.ts';

/** The finalizer with which the deletion of an Application, or of those of a set, deletes all that is managed. */
export function cascadeOf(object: PlacedObject): string | undefined {
  return object.known === applicationSet ? cascadeOfSet(object) : cascadeFinalizer(object.json);
}

/**
 * With an ApplicationSet go its Applications, and each gets the finalizer unless the template has
 * finalizers or preserveResourcesOnDeletion is set; with the finalizer on itself and a policy that
 * forbids deletions they stay (argo-cd 3.5,
 * docs/operator-manual/applicationset/Application-Deletion.md and
 * docs/operator-manual/applicationset/Controlling-Resource-Modification.md).
 */
function cascadeOfSet(object: PlacedObject): string | undefined {
  const spec = specOf(object);
  if (!isDeletingUnlisted(object) && cascadeFinalizer(object.json) !== undefined) return undefined;
  const template = mapAt(spec, 'template');
  if (listAt(template, 'metadata', 'finalizers').length > 0) return cascadeFinalizer(template);
  const isPreserving = mapAt(spec, 'syncPolicy')['preserveResourcesOnDeletion'] === true;
  return isPreserving ? undefined : USUAL_FINALIZER;
}

/**
 * Whether the controller deletes an Application that an ApplicationSet makes no more
 * (docs/facts/argocd.md#applicationsets).
 */
export function isDeletingUnlisted(set: PlacedObject): boolean {
  const policy = textAt(specOf(set), 'syncPolicy', 'applicationsSync') ?? 'sync';
  return policy === 'sync' || policy === 'create-delete';
}
