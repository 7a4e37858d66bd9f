import { SYNC_OPTIONS, syncOptionsIn } from '../../ground/annotations.ts';
import { listAt, mapAt } from '../../ground/json.ts';
import { customResourceDefinition } from '../../kinds/apiextensions/custom-resource-definition.ts';
import { annotationOf, type Item } from '../../kinds/kind.ts';
import { applicationSpec, type Owner, ownerOf } from './applications.ts';
import { cascadeOf } from './cascade.ts';
import type { Comparison } from './comparison.ts';

/** What Argo CD does with an object that Git no longer has. */
export interface Deletion {
  /** kept: nothing deletes it. asked: it stays until somebody prunes by hand. */
  readonly outcome: 'deleted' | 'kept' | 'asked' | 'waiting' | 'unknown';
  /** In words, without a full stop. */
  readonly text: string;
}

/**
 * What becomes of a removed object. Its own sync options go before those of its Application
 * (argo-cd 3.5, docs/user-guide/sync-options.md and docs/user-guide/auto_sync.md).
 */
export function deletionOf(comparison: Comparison, removed: Item): Deletion {
  const owner = ownerOf(comparison, removed);
  return owner?.isRemoved === true ? withOwner(removed, owner) : prunedBy(removed, owner);
}

/** With an Application goes what it manages, if it has the cascade finalizer. */
function withOwner(removed: Item, { application }: Owner): Deletion {
  const { name } = application;
  if (cascadeOf(application) === undefined)
    return kept(`Application "${name}" is removed without the cascade finalizer`);
  if (isKept(removed, application)) return kept('it is guarded with Delete=false');
  return isConfirmed(removed, application)
    ? waiting(`the deletion of Application "${name}" waits for it`)
    : { outcome: 'deleted', text: `deleted together with its Application "${name}"` };
}

function prunedBy(removed: Item, owner: Owner | undefined): Deletion {
  const application = owner?.application;
  const prune = syncOption(removed, application, 'Prune');
  if (prune === 'false') return kept('it is guarded with Prune=false');
  if (application !== undefined && !isPruning(application)) {
    const { text } = kept(
      `Application "${application.name}" prunes only when somebody asks for it`,
    );
    return { outcome: 'asked', text };
  }
  if (prune === 'confirm') return waiting('Prune=confirm');
  return application === undefined
    ? { outcome: 'unknown', text: 'deleted if its Application prunes, else left running' }
    : { outcome: 'deleted', text: `deleted by Argo CD: Application "${application.name}" prunes` };
}

function kept(reason: string): Deletion {
  return { outcome: 'kept', text: `left running: ${reason}` };
}

function waiting(reason: string): Deletion {
  return { outcome: 'waiting', text: `deleted once somebody confirms it (${reason})` };
}

/**
 * Whether an object stays when its Application is deleted. Charts ask for it with an annotation of
 * Helm's; pruning does not heed that one (argo-cd#17819).
 */
export function isKept(item: Item, application: Item): boolean {
  const isHelms = annotationOf(item, 'helm.sh/resource-policy') === 'keep';
  const isDefinition = item.known === customResourceDefinition;
  return isHelms || isDefinition || syncOption(item, application, 'Delete') === 'false';
}

/** Either option makes the deletion of an Application wait (state.go, isObjRequiresDeletionConfirmation). */
function isConfirmed(item: Item, application: Item): boolean {
  return (['Delete', 'Prune'] as const).some(
    name => syncOption(item, application, name) === 'confirm',
  );
}

/** A sync option of an object, else of its Application: the first that is given counts. */
export function syncOption(
  item: Item,
  application: Item | undefined,
  name: 'Prune' | 'Delete',
): string | undefined {
  const own = optionIn(syncOptionsIn(annotationOf(item, SYNC_OPTIONS)), name);
  return own ?? (application && applicationOption(application, name));
}

/** A sync option that an Application gives to all that it manages. */
export function applicationOption(application: Item, name: 'Prune' | 'Delete'): string | undefined {
  return optionIn(listAt(applicationSpec(application), 'syncPolicy', 'syncOptions'), name);
}

function optionIn(options: readonly unknown[], name: string): string | undefined {
  const found = options.find(option => typeof option === 'string' && option.startsWith(`${name}=`));
  return found === undefined ? undefined : String(found).slice(name.length + 1);
}

/** Whether an object stays when Git no longer has it, whatever its Application does. */
export function isGuarded(item: Item): boolean {
  return syncOption(item, undefined, 'Prune') === 'false';
}

/** Whether an Application deletes what Git no longer has without being asked. */
export function isPruning(application: Item): boolean {
  const automated = mapAt(applicationSpec(application), 'syncPolicy', 'automated');
  return automated['prune'] === true && automated['enabled'] !== false;
}
