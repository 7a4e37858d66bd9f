import { oncePer } from '../core/once.ts';
import { objectIdentity } from '../graph/graph.ts';
import { ownOption, type SyncOption } from '../kinds/argocd/application.ts';
import { cascadeOf, isDeletingUnlisted } from '../kinds/argocd/application-set.ts';
import { applicationOption, isAllowingEmpty, isPruning } from '../kinds/argocd/sync-order.ts';
import {
  appliedByKustomization,
  fluxKustomization,
  isDeletingAll,
  isLeftByFlux,
  isPruning as isPruningFromPruning,
  isSuspended,
  isTakenAway,
} from '../kinds/flux/kustomization.ts';
import { isKeptByHelm } from '../kinds/helm/release.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { customResourceDefinition } from '../kinds/kubernetes.ts';
import {
  applicationsOf,
  calledApplication,
  type Owner,
  ownerOf,
  unmadeApplications,
} from './applications.ts';
import { type Comparison, deployerOf, folderOf } from './comparison.ts';

/**
 * What becomes of a removed object. Its own sync options go before those of its Application
 * (argo-cd 3.5, docs/user-guide/sync-options.md and docs/user-guide/auto_sync.md).
 */
export function deletionOf(comparison: Comparison, removed: PlacedObject): Deletion {
  const deployer = deployerOf(comparison, removed);
  if (deployer?.known === fluxKustomization) return withFlux(comparison, removed, deployer);
  const owner = ownerOf(comparison, removed);
  const kustomization = owner === undefined ? fluxOwnerOf(comparison, removed) : undefined;
  if (kustomization !== undefined) return withFlux(comparison, removed, kustomization);
  return owner?.isRemoved === true
    ? withOwner(comparison, removed, owner)
    : prunedBy(comparison, removed, owner);
}

function withFlux(
  comparison: Comparison,
  removed: PlacedObject,
  kustomization: PlacedObject,
): Deletion {
  return prunedByFlux(comparison, removed, kustomization, object =>
    objectIdentity(object) === objectIdentity(removed) ? UNKNOWN : deletionOf(comparison, object),
  );
}

/** With an Application goes what it manages, if it has the cascade finalizer. */
function withOwner(
  comparison: Comparison,
  removed: PlacedObject,
  { application }: Owner,
): Deletion {
  const { name } = application;
  if (isLeftBySet(comparison, application))
    return kept(`Application "${name}" stays, as its ApplicationSet deletes none`);
  if (cascadeOf(application) === undefined)
    return kept(`Application "${name}" is removed without the cascade finalizer`);
  if (isKept(removed, application)) return kept('it is guarded with Delete=false');
  return isConfirmed(removed, application)
    ? waiting(`the deletion of Application "${name}" waits for it`)
    : { outcome: 'deleted', text: `deleted together with its Application "${name}"` };
}

/** Whether an Application outlives that its ApplicationSet makes it no more, or is gone. */
function isLeftBySet(comparison: Comparison, application: PlacedObject): boolean {
  const unmade = unmadeApplications(comparison).get(application);
  if (unmade !== undefined) return !isDeletingUnlisted(unmade.set);
  const set = application.written?.by;
  return set !== undefined && !isDeletingUnlisted(set) && cascadeOf(set) === undefined;
}

function prunedBy(
  comparison: Comparison,
  removed: PlacedObject,
  owner: Owner | undefined,
): Deletion {
  const application = owner?.application;
  const prune = syncOption(removed, application, 'Prune');
  if (prune === 'false') return kept('it is guarded with Prune=false');
  if (application !== undefined && !isPruning(application))
    return asked(`${calledApplication(application)} prunes only when somebody asks for it`);
  if (application !== undefined && isEmptied(comparison, removed, application))
    return asked(
      `Argo CD empties ${calledApplication(application)} only when somebody asks for it`,
    );
  if (prune === 'confirm') return waiting('Prune=confirm');
  return application === undefined
    ? unknownIn(comparison)
    : { outcome: 'deleted', text: `deleted by Argo CD: ${calledApplication(application)} prunes` };
}

/** Whether an Application has nothing left to apply, and is not allowed to be empty. */
function isEmptied(
  comparison: Comparison,
  removed: PlacedObject,
  application: PlacedObject,
): boolean {
  const deployer = deployerOf(comparison, removed);
  if (deployer === undefined || isAllowingEmpty(application)) return false;
  const id = objectIdentity(application);
  return objectIdentity(deployer) === id && !applyingOnHead(comparison).has(id);
}

const applyingOnHead = oncePer(
  (comparison: Comparison): ReadonlySet<string> =>
    new Set(
      comparison.head.objects
        .flatMap(object => deployerOf(comparison, object) ?? [])
        .map(objectIdentity),
    ),
);

/** What nothing that was read applies may be somebody's by hand, or another tool's. */
function unknownIn({ base, head }: Comparison): Deletion {
  const isArgo = [base, head].some(graph => applicationsOf(graph).length > 0);
  const text = `deleted if ${isArgo ? 'its Application' : 'what applies it'} prunes, else left running`;
  return { outcome: 'unknown', text };
}

const UNKNOWN: Deletion = { outcome: 'unknown', text: '' };

/**
 * Whether an object stays when its Application is deleted. Charts ask for it with an annotation of
 * Helm's; pruning does not heed that one (argo-cd#17819).
 */
export function isKept(object: PlacedObject, application: PlacedObject): boolean {
  const isDefinition = object.known === customResourceDefinition;
  return (
    isKeptByHelm(object) || isDefinition || syncOption(object, application, 'Delete') === 'false'
  );
}

/** Either option makes the deletion of an Application wait (state.go, isObjRequiresDeletionConfirmation). */
function isConfirmed(object: PlacedObject, application: PlacedObject): boolean {
  return (['Delete', 'Prune'] as const).some(
    name => syncOption(object, application, name) === 'confirm',
  );
}

/** A sync option of an object, else of its Application. */
export function syncOption(
  object: PlacedObject,
  application: PlacedObject | undefined,
  name: SyncOption,
): string | undefined {
  return ownOption(object, name) ?? (application && applicationOption(application, name));
}

/**
 * What becomes of an object that Git no longer has and a Flux Kustomization has applied
 * (docs/facts/flux.md#pruning). `fateOf`: what becomes of the Kustomization, where head has none.
 */
function prunedByFlux(
  { head }: Comparison,
  removed: PlacedObject,
  kustomization: PlacedObject,
  fateOf: (object: PlacedObject) => Deletion,
): Deletion {
  const called = `Kustomization "${kustomization.name}"`;
  if (isLeftByFlux(removed)) return kept('its annotation has Flux leave it');
  const { known, namespace, name } = kustomization;
  const now = known && head.find(known, namespace, name);
  if (now !== undefined) return prunedByOfFluxDeletion(now, called);
  if (!isDeletingAll(kustomization)) return kept(`${called} is removed and deletes nothing`);
  const { outcome } = fateOf(kustomization);
  if (outcome === 'kept') return kept(`${called} stays, as nothing deletes it`);
  return outcome === 'unknown'
    ? { outcome, text: `deleted together with its Flux ${called} once that is` }
    : { outcome, text: `deleted together with its Flux ${called}` };
}

function prunedByOfFluxDeletion(kustomization: PlacedObject, called: string): Deletion {
  if (!isPruningFromPruning(kustomization)) return kept(`Flux ${called} does not prune`);
  return isSuspended(kustomization)
    ? { outcome: 'waiting', text: `deleted once ${called}, which is suspended, goes on` }
    : { outcome: 'deleted', text: `deleted by Flux: ${called} prunes` };
}

/** What the deployer does with an object that Git no longer has. */
export interface Deletion {
  /** kept: nothing deletes it. asked: it stays until somebody prunes by hand. */
  readonly outcome: 'deleted' | 'kept' | 'asked' | 'waiting' | 'unknown';
  /** In words, without a full stop. */
  readonly text: string;
}

function kept(reason: string): Deletion {
  return { outcome: 'kept', text: `left running: ${reason}` };
}

function asked(reason: string): Deletion {
  return { ...kept(reason), outcome: 'asked' };
}

function waiting(reason: string): Deletion {
  return { outcome: 'waiting', text: `deleted once somebody confirms it (${reason})` };
}

/**
 * The Flux Kustomization of base that applies the folder of an object's environment, as a spec has it
 * (`overlays/NAME`, `flux/CLUSTER`). Undefined: none that was read does.
 */
function fluxOwnerOf(comparison: Comparison, object: PlacedObject): PlacedObject | undefined {
  const environment = folderOf(comparison, object);
  if (environment === '') return undefined;
  const folders = environment.includes('/')
    ? [environment]
    : [environment, `overlays/${environment}`];
  return comparison.base
    .byKind(fluxKustomization)
    .find(
      kustomization =>
        objectIdentity(kustomization) !== objectIdentity(object) &&
        appliedByKustomization(kustomization).some(({ path }) => isOneOf(folders, path)) &&
        !isTakenAway(kustomization, object),
    );
}

/** Whether a path from the root of a source ends in one of the folders; a single name is all of it. */
function isOneOf(folders: readonly string[], path: string): boolean {
  const own = path.replace(/^(\.\/)?/, '').replace(/\/$/, '');
  return folders.some(
    folder => own === folder || (folder.includes('/') && own.endsWith(`/${folder}`)),
  );
}
