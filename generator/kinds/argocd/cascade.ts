import { type Json, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, specOf } from '../kind.ts';
import { applicationSet } from './application-set.ts';

/** The finalizer, in its three forms (argo-cd 3.5, application_defaults.go). */
const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;

/**
 * The finalizer with which the deletion of an Application deletes all that it manages; undefined:
 * what it manages is left running (argo-cd 3.5, docs/user-guide/app_deletion.md).
 */
export function cascadeOf(item: Item): string | undefined {
  return item.known === applicationSet ? cascadeOfSet(item) : finalizerOf(item.object);
}

/**
 * With an ApplicationSet go its Applications, and each gets the finalizer unless the template has
 * finalizers or preserveResourcesOnDeletion is set; with the finalizer on itself and a policy that
 * forbids deletions they stay (argo-cd 3.5,
 * docs/operator-manual/applicationset/Application-Deletion.md and
 * docs/operator-manual/applicationset/Controlling-Resource-Modification.md).
 */
function cascadeOfSet(item: Item): string | undefined {
  const spec = specOf(item);
  const policy = textAt(spec, 'syncPolicy', 'applicationsSync') ?? '';
  if (/^create-(only|update)$/.test(policy) && finalizerOf(item.object) !== undefined)
    return undefined;
  const template = mapAt(spec, 'template');
  if (listAt(template, 'metadata', 'finalizers').length > 0) return finalizerOf(template);
  const isPreserving = mapAt(spec, 'syncPolicy')['preserveResourcesOnDeletion'] === true;
  return isPreserving ? undefined : 'resources-finalizer.argocd.argoproj.io';
}

function finalizerOf(object: unknown): string | undefined {
  const isCascade = (finalizer: Json): finalizer is string =>
    typeof finalizer === 'string' && CASCADE.test(finalizer);
  return listAt(object, 'metadata', 'finalizers').find(isCascade);
}
