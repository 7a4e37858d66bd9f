import type { Path } from '../core/finding.ts';
import { textAt, valueAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { matchesGlob } from '../core/names.ts';
import { oncePer } from '../core/once.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { argoApplication, ownOption, type SyncOption } from '../kinds/argocd/application.ts';
import { applicationSet, cascadeOf, isDeletingUnlisted } from '../kinds/argocd/application-set.ts';
import { type MadeApplication, madeApplications } from '../kinds/argocd/made-applications.ts';
import {
  applicationOption,
  destinationOf,
  isAllowingEmpty,
  isPruning,
  policyOf,
  sourcesOf,
  trackedBy,
} from '../kinds/argocd/sync-order.ts';
import {
  appliedByKustomization,
  fluxKustomization,
  isDeletingAll,
  isLeftByFlux,
  isPruning as isPruningOfFlux,
  isSuspended,
  isTakenAway,
} from '../kinds/flux/kustomization.ts';
import { dependenciesOf, WAITING } from '../kinds/flux/references.ts';
import { isKeptByHelm } from '../kinds/helm/release.ts';
import { changedPaths, type Kind, objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import { customResourceDefinition } from '../kinds/kubernetes.ts';
import type { Diff, Removed } from './diff.ts';
import { applierOf, environmentOf, folderOf, isSameObject, removedOf } from './diff.ts';
import { type RelatedObject, relatedObjects } from './risk.ts';

/** What becomes of a removed object. Its sync options come first (argo-cd 3.5, docs/user-guide/sync-options.md). */
export function deletionOf(diff: Diff, removed: PlacedObject): Deletion {
  const applier = applierOf(diff, removed);
  if (applier?.knownKind === fluxKustomization) return prunedByFlux(diff, removed, applier);
  const owner = ownerOf(diff, removed);
  const kustomization = owner === undefined ? fluxOwnerOf(diff, removed) : undefined;
  if (kustomization !== undefined) return prunedByFlux(diff, removed, kustomization);
  return owner?.isRemoved === true
    ? deletedWith(diff, removed, owner)
    : prunedByArgo(diff, removed, owner);
}

/** The removed objects of some kinds, by default of all, but those that move: the rule namespace-move reports them. */
export function leavingOf(diff: Diff, ...kinds: readonly Kind[]): Removed[] {
  return removedOf(diff, ...kinds).filter(({ base, becomes }) => becomes?.name !== base.name);
}

/** The removed objects of some kinds, by default of all, that their applier does not keep, and what it does. */
export function goingOf(diff: Diff, ...kinds: readonly Kind[]): (Removed & Deletion)[] {
  return removedOf(diff, ...kinds)
    .map(removed => ({ ...removed, ...deletionOf(diff, removed.base) }))
    .filter(({ outcome }) => outcome !== 'kept');
}

function deletedWith(diff: Diff, removed: PlacedObject, { application }: Owner): Deletion {
  const { name } = application;
  if (isLeftBySet(diff, application))
    return kept(`Application "${name}" stays, as its ApplicationSet deletes none`);
  if (cascadeOf(application) === undefined)
    return kept(`Application "${name}" is removed without the cascade finalizer`);
  if (isKept(removed, application)) return kept('it is guarded with Delete=false');
  // Either option makes the deletion of the Application wait (state.go, isObjRequiresDeletionConfirmation).
  const options: readonly SyncOption[] = ['Delete', 'Prune'];
  return options.some(option => syncOption(removed, application, option) === 'confirm')
    ? waiting(`the deletion of Application "${name}" waits for it`)
    : { outcome: 'deleted', text: `deleted together with its Application "${name}"` };
}

function isLeftBySet(diff: Diff, application: PlacedObject): boolean {
  const unmade = unmadeApplications(diff).get(application);
  if (unmade !== undefined) return !isDeletingUnlisted(unmade.set);
  const set = application.written?.by;
  return set !== undefined && !isDeletingUnlisted(set) && cascadeOf(set) === undefined;
}

function prunedByArgo(diff: Diff, removed: PlacedObject, owner: Owner | undefined): Deletion {
  const application = owner?.application;
  const called = application && calledApplication(application);
  const prune = syncOption(removed, application, 'Prune');
  if (prune === 'false') return kept('it is guarded with Prune=false');
  if (application !== undefined && !isPruning(application))
    return onRequest(`${called} prunes only when somebody asks for it`);
  if (application !== undefined && isEmptied(diff, removed, application))
    return onRequest(`Argo CD empties ${called} only when somebody asks for it`);
  if (prune === 'confirm') return waiting('Prune=confirm');
  if (application === undefined && isLeftByFlux(removed)) return kept(LEFT_BY_FLUX);
  return application === undefined
    ? unknownIn(diff, removed)
    : { outcome: 'deleted', text: `deleted by Argo CD: ${called} prunes` };
}

const LEFT_BY_FLUX = 'its annotation or label tells Flux to keep it';

function isEmptied(diff: Diff, removed: PlacedObject, application: PlacedObject) {
  if (isAllowingEmpty(application)) return false;
  const isApplier = isSameObject(applierOf(diff, removed), application);
  return isApplier && !appliersOf(diff).onHead.has(objectIdentity(application));
}

/** Whether nothing that was read applies an object of base, though what else is on its cluster has appliers. */
export function isUnapplied(diff: Diff, object: PlacedObject): boolean {
  const unit = diff.units.get(object.file);
  if (unit === undefined || unit.applier !== undefined) return false;
  const { all, roots } = appliersOf(diff);
  return all.size > 0 && !roots.has(unit.environment);
}

/** The identities of all appliers and of those of objects on head, and the units that appliers of base are in. */
const appliersOf = oncePer((diff: Diff) => {
  const idsOf = (appliers: readonly (PlacedObject | undefined)[]): Set<string> =>
    new Set(appliers.flatMap(applier => (applier === undefined ? [] : objectIdentity(applier))));
  const applying = diff.base.objects.filter(({ knownKind }) => knownKind?.applies?.folders);
  return {
    all: idsOf([...diff.units.values()].map(({ applier }) => applier)),
    onHead: idsOf(diff.head.objects.map(object => applierOf(diff, object))),
    roots: new Set(applying.map(applier => environmentOf(diff, applier))),
  };
});

function unknownIn(diff: Diff, removed: PlacedObject): Deletion {
  const { base, head } = diff;
  const isArgo = [base, head].some(graph => applicationsOf(graph).length > 0);
  const text = isUnapplied(diff, removed)
    ? 'left running unless something that is not read applies it, and prunes'
    : `deleted if ${isArgo ? 'its Application' : 'what applies it'} prunes, else left running`;
  return { outcome: 'unknown', text };
}

/** Whether an object stays when its Application goes. Helm's annotation keeps it, but not if pruned (argo-cd#17819). */
export function isKept(object: PlacedObject, application: PlacedObject): boolean {
  const isGuarded = syncOption(object, application, 'Delete') === 'false';
  return isGuarded || isKeptByHelm(object) || object.knownKind === customResourceDefinition;
}

/** A sync option of an object, else of its Application. */
export function syncOption(
  object: PlacedObject,
  application: PlacedObject | undefined,
  name: SyncOption,
): string | undefined {
  return ownOption(object, name) ?? (application && applicationOption(application, name));
}

/** What becomes of a removed object that a Flux Kustomization applied (docs/facts/flux.md#pruning). */
function prunedByFlux(diff: Diff, removed: PlacedObject, kustomization: PlacedObject): Deletion {
  const called = `Kustomization "${kustomization.name}"`;
  if (isLeftByFlux(removed)) return kept(LEFT_BY_FLUX);
  const { knownKind, namespace, name } = kustomization;
  const now = knownKind && diff.head.find(knownKind, namespace, name);
  if (now !== undefined) return prunedByKustomization(now, called);
  if (!isDeletingAll(kustomization)) return kept(`${called} is removed and deletes nothing`);
  // A Kustomization that applies itself is removed with itself.
  const isItself = isSameObject(kustomization, removed);
  const outcome = isItself ? 'unknown' : deletionOf(diff, kustomization).outcome;
  if (outcome === 'kept') return kept(`${called} stays, as nothing deletes it`);
  const once = outcome === 'unknown' ? ' once that is deleted' : '';
  return { outcome, text: `deleted together with its Flux ${called}${once}` };
}

function prunedByKustomization(kustomization: PlacedObject, called: string): Deletion {
  if (!isPruningOfFlux(kustomization)) return kept(`Flux ${called} does not prune`);
  return isSuspended(kustomization)
    ? { outcome: 'waiting', text: `deleted once ${called}, which is suspended, goes on` }
    : { outcome: 'deleted', text: `deleted by Flux: ${called} prunes` };
}

export interface Deletion {
  /** `kept`: nothing deletes it. `asked`: it stays until somebody prunes by hand. */
  readonly outcome: 'deleted' | 'kept' | 'asked' | 'waiting' | 'unknown';
  readonly text: string;
}

function kept(reason: string): Deletion {
  return { outcome: 'kept', text: `left running: ${reason}` };
}

function onRequest(reason: string): Deletion {
  return { ...kept(reason), outcome: 'asked' };
}

function waiting(reason: string): Deletion {
  return { outcome: 'waiting', text: `deleted once somebody confirms it (${reason})` };
}

/** The Flux Kustomization of base that applies an environment's folder: `overlays/NAME` or `flux/CLUSTER` of a spec. */
function fluxOwnerOf(diff: Diff, object: PlacedObject): PlacedObject | undefined {
  const folder = folderOf(diff, object);
  if (folder === '') return undefined;
  const folders = folder.includes('/') ? [folder] : [folder, `overlays/${folder}`];
  const kustomizations = diff.base.byKind(fluxKustomization);
  return kustomizations.find(
    kustomization =>
      !isSameObject(kustomization, object) &&
      appliedByKustomization(kustomization).some(({ path }) => isOneOf(folders, path)) &&
      !isTakenAway(kustomization, object),
  );
}

function isOneOf(folders: readonly string[], path: string): boolean {
  const plain = path.replace(/^(\.\/)?/, '').replace(/\/$/, '');
  return folders.some(name => plain === name || (name.includes('/') && plain.endsWith(`/${name}`)));
}

/** What waits, directly or through others, for an applier that fails (docs/facts/flux.md#dependencies). */
export function heldUp({ head }: Diff, applier: PlacedObject | undefined): RelatedObject[] {
  if (applier === undefined) return [];
  const waiting = WAITING.flatMap(kind => head.byKind(kind));
  const found = new Map<PlacedObject, Path>([[applier, []]]);
  for (const [{ knownKind, namespace, name }] of found)
    for (const object of waiting.filter(entry => entry.knownKind === knownKind)) {
      const dependency = dependenciesOf(object).find(
        awaited => awaited.namespace === namespace && awaited.name === name,
      );
      if (dependency !== undefined && !found.has(object)) found.set(object, dependency.path);
    }
  found.delete(applier);
  const places = [...found].map(([object, path]) => ({ object, path }));
  return relatedObjects(places, 'head', 'waits for it, and is held up');
}

function applicationsOf({ byKind }: SecretGraph): PlacedObject[] {
  const made = byKind(applicationSet).flatMap(set => {
    const { applications } = madeApplications(set);
    return applications.length === 0 ? [set] : applications.map(({ object }) => object);
  });
  return [...byKind(argoApplication), ...made];
}

function calledApplication(application: PlacedObject): string {
  const { written } = application;
  const { kind, name } = isUnresolved(application.name) && written ? written.by : application;
  return `${kind} "${name}"`;
}

export interface Owner {
  readonly application: PlacedObject;
  readonly isRemoved: boolean;
}

/** The Application that syncs an object (docs/facts/argocd.md#tracking). Undefined if several fit that treat objects differently. */
export function ownerOf(diff: Diff, object: PlacedObject): Owner | undefined {
  const applications = applicationsOf(diff.head);
  const headIds = new Set(applications.map(objectIdentity));
  const removed = applicationsOf(diff.base).filter(entry => !headIds.has(objectIdentity(entry)));
  const all = [...applications, ...removed].filter(entry => !isSameObject(entry, object));
  const [application, ...others] = bestOf(all, object, diff);
  if (application === undefined) return undefined;
  if (others.some(rival => policyOf(rival) !== policyOf(application))) return undefined;
  const set = application.written?.by;
  const isMadePerhaps =
    !unmadeApplications(diff).has(application) &&
    diff.head.byKind(applicationSet).some(headSet => isSameObject(headSet, set));
  const isRemoved = !headIds.has(objectIdentity(application)) && !isMadePerhaps;
  return { application, isRemoved };
}

/** The Applications with the best evidence: its applier, its tracking id, its folder, or only its namespace. */
function bestOf(all: readonly PlacedObject[], object: PlacedObject, diff: Diff) {
  const applier = applierOf(diff, object);
  const trackedName = trackedBy(object) ?? '';
  const rendering = all.filter(application => isRendering(application, folderOf(diff, object)));
  const inNamespace = (list: readonly PlacedObject[]): PlacedObject[] =>
    list.filter(application => destinationOf(application) === object.namespace);
  // An Application whose folder was not read may apply any object of its namespace.
  const unread = all.filter(application => !appliersOf(diff).all.has(objectIdentity(application)));
  const candidates = [
    all.filter(application => isSameObject(application, applier)),
    all.filter(({ name, namespace }) => [name, `${namespace}_${name}`].includes(trackedName)),
    inNamespace(rendering),
    rendering,
    object.namespace === '' ? [] : inNamespace(unread),
  ];
  return candidates.find(list => list.length > 0) ?? [];
}

function isRendering(application: PlacedObject, environment: string): boolean {
  if (environment === '') return false;
  const depth = environment.split('/').length;
  return sourcesOf(application).some(source => {
    const pattern = textAt(source, 'path')?.replaceAll(/\{\{.{0,200}?\}\}/g, '*') ?? '';
    const path = pattern.replace(/\/$/, '');
    const folders = path.split('/').slice(-depth).join('/');
    return path !== '*' && matchesGlob(folders, environment);
  });
}

/** The Applications that ApplicationSets of both sides no longer make; a name that is filled in later may be any. */
export const unmadeApplications: (
  diff: Diff,
) => ReadonlyMap<PlacedObject, { readonly made: MadeApplication; readonly set: PlacedObject }> =
  oncePer(({ base, head }) => {
    const sets = new Map(head.byKind(applicationSet).map(set => [objectIdentity(set), set]));
    const found = base.byKind(applicationSet).flatMap(before => {
      const set = sets.get(objectIdentity(before));
      return set === undefined ? [] : unmadeOf(before, set).map(made => ({ made, set }));
    });
    return new Map(found.map(unmade => [unmade.made.object, unmade]));
  });

/** Whether an applier of base is still on head, or made by what is there. */
export function isOnHead(diff: Diff, applier: PlacedObject): boolean {
  const id = objectIdentity(applier);
  if ([...unmadeApplications(diff).keys()].some(made => objectIdentity(made) === id)) return false;
  return idsOnHead(diff).has(objectIdentity(applier.written?.by ?? applier));
}

export const idsOnHead: (diff: Diff) => ReadonlySet<string> = oncePer(
  ({ head }) => new Set(head.objects.map(objectIdentity)),
);

function unmadeOf(before: PlacedObject, after: PlacedObject): MadeApplication[] {
  const [old, now] = [madeApplications(before), madeApplications(after)];
  if (old.isCutOff || now.isCutOff) return [];
  const isChosen = (made: MadeApplication): boolean =>
    !made.isOfNothing || !hasChosen(made, after, old.applications);
  const names = new Set(now.applications.filter(isChosen).map(({ object }) => object.name));
  const patterns = new Set(
    [...names].filter(isUnresolved).map(name => name.replaceAll(/\{\{[^{}]{0,300}\}\}/g, '*')),
  );
  const isSameName = changedPaths(NAMED, before.json, after.json).length === 0;
  return old.applications.filter(
    ({ object, isOfNothing }) =>
      !isOfNothing &&
      (isSameName || !isUnresolved(object.name)) &&
      !names.has(object.name) &&
      ![...patterns].some(pattern => matchesGlob(pattern, object.name)),
  );
}

const NAMED = [
  ['spec', 'goTemplate'],
  ['spec', 'template', 'metadata', 'name'],
] as const;

function hasChosen(made: MadeApplication, after: PlacedObject, before: readonly MadeApplication[]) {
  const generator = withoutPatterns(valueAt(after.json, made.generatorAt));
  return before.some(
    ({ isOfNothing, object, generatorAt: at }) =>
      !isOfNothing && withoutPatterns(valueAt(object.written?.by.json, at)) === generator,
  );
}

/** A generator by the repository that it reads, whatever it chooses there. */
function withoutPatterns(generator: unknown): string {
  const isPattern = (field: string): boolean => field === 'directories' || field === 'files';
  return JSON.stringify(generator, (field, value) => (isPattern(field) ? undefined : value));
}
