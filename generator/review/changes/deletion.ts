import { customResourceDefinition } from '../../kinds/apiextensions/custom-resource-definition.ts';
import { applicationOption, isPruning } from '../../kinds/argocd/application-spec.ts';
import { cascadeOf } from '../../kinds/argocd/cascade.ts';
import { ownOption, type SyncOption } from '../../kinds/argocd/sync-options.ts';
import { isKeptByHelm } from '../../kinds/helm/resource-policy.ts';
import type { Item } from '../../kinds/kind.ts';
import { type Owner, ownerOf } from './applications.ts';
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
  const isDefinition = item.known === customResourceDefinition;
  return isKeptByHelm(item) || isDefinition || syncOption(item, application, 'Delete') === 'false';
}

/** Either option makes the deletion of an Application wait (state.go, isObjRequiresDeletionConfirmation). */
function isConfirmed(item: Item, application: Item): boolean {
  return (['Delete', 'Prune'] as const).some(
    name => syncOption(item, application, name) === 'confirm',
  );
}

/** A sync option of an object, else of its Application. */
export function syncOption(
  item: Item,
  application: Item | undefined,
  name: SyncOption,
): string | undefined {
  return ownOption(item, name) ?? (application && applicationOption(application, name));
}
