import type { Path } from '../../core/finding.ts';
import { commaParts, type JsonObject, listAt, mapAt, numberIn, textAt } from '../../core/json.ts';
import { job } from '../batch.ts';
import { corePod } from '../core/pod.ts';
import { annotationOf, type Kind, type PlacedObject } from '../kind.ts';
import { coreNamespace, customResourceDefinition } from '../kubernetes.ts';
import type { SyncOption } from './application.ts';
import { argoApplication, optionIn, SYNC_OPTIONS, syncOptionsOf } from './application.ts';
import { applicationSet } from './application-set.ts';
import { madeApplications } from './made-applications.ts';

/** The kinds that say how Argo CD treats what it syncs. */
export const APPLICATIONS: readonly Kind[] = [argoApplication, applicationSet];

export function isApplication({ knownKind }: PlacedObject): boolean {
  return knownKind === argoApplication || knownKind === applicationSet;
}

/** The Applications among objects, and those that ApplicationSets make, each with what writes it. */
export function applicationsAmong(
  byKind: (kind: Kind) => readonly PlacedObject[],
): Readonly<Record<'by' | 'object', PlacedObject>>[] {
  const written = byKind(argoApplication).map(object => ({ by: object, object }));
  const made = byKind(applicationSet).flatMap(by =>
    madeApplications(by).applications.map(({ object }) => ({ by, object })),
  );
  return [...written, ...made];
}

/** Where the spec of an Application stands. */
export function specPath({ knownKind }: PlacedObject): string[] {
  return knownKind === applicationSet ? ['spec', 'template', 'spec'] : ['spec'];
}

function applicationSpec(object: PlacedObject): JsonObject {
  return mapAt(object.json, ...specPath(object));
}

export function policyPath(object: PlacedObject): string[] {
  return [...specPath(object), 'syncPolicy'];
}

export function destinationOf(application: PlacedObject): string {
  return textAt(applicationSpec(application), 'destination', 'namespace') ?? '';
}

/** The Application that Argo CD has written on an object (docs/facts/argocd.md#tracking). */
export function trackedBy(object: PlacedObject): string | undefined {
  return annotationOf(object, 'argocd.argoproj.io/tracking-id')?.split(':')[0];
}

export function sourcesOf(application: PlacedObject): unknown[] {
  const spec = applicationSpec(application);
  return [mapAt(spec, 'source'), ...listAt(spec, 'sources')];
}

/** The policy for objects that are removed from an Application, as a text to compare. */
export function policyOf(application: PlacedObject): string {
  const { automated, syncOptions } = mapAt(applicationSpec(application), 'syncPolicy');
  const { finalizers } = mapAt(application.json, 'metadata');
  return JSON.stringify([automated, syncOptions, finalizers]);
}

/** Whether an Application deletes by itself what is removed from Git. */
export function isPruning(application: PlacedObject): boolean {
  const automated = mapAt(applicationSpec(application), 'syncPolicy', 'automated');
  return automated['prune'] === true && automated['enabled'] !== false;
}

/** Whether an Application deletes all by itself if Git has nothing for it (docs/facts/argocd.md#empty-applications). */
export function isAllowingEmpty(application: PlacedObject): boolean {
  return mapAt(applicationSpec(application), 'syncPolicy', 'automated')['allowEmpty'] === true;
}

/** A sync option that an Application gives to all that it manages. */
export function applicationOption(application: PlacedObject, name: SyncOption): string | undefined {
  return optionIn(listAt(applicationSpec(application), 'syncPolicy', 'syncOptions'), name);
}

const HOOK = 'argocd.argoproj.io/hook';
const HELM_HOOK = 'helm.sh/hook';
/** The annotation with an object's place in the order of a sync. */
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';
const PHASES = ['PreSync', 'Sync', 'PostSync', 'SyncFail'];

/** When Argo CD applies an object: its phase, undefined for one in no or not in every sync, then its wave. */
function syncOrderOf(object: PlacedObject) {
  const wave = annotationOf(object, SYNC_WAVE);
  const number = numberIn(wave ?? 0);
  return {
    phase: phaseOf(object),
    wave: Number.isInteger(number) ? number : 0,
    /** An annotation says it; it is not the default. */
    isGiven: wave !== undefined || isHook(object),
  };
}

/** The first of the phases that a hook names: some, such as PostDelete, are in no sync. */
function phaseOf(object: PlacedObject): number | undefined {
  const [hook, helmHook] = [HOOK, HELM_HOOK].map(name => annotationOf(object, name));
  if (hook === undefined && helmHook !== undefined) return helmPhase(helmHook, object);
  const phases = commaParts(hook ?? 'Sync').map(name => PHASES.indexOf(name));
  return phases.filter(phase => phase >= 0).sort()[0];
}

/** Helm and Argo CD run Jobs and Pods of `pre-install` to their end (hook/helm/type.go). Other hooks: not certain. */
function helmPhase(hook: string, { knownKind }: PlacedObject): number | undefined {
  const isAwaited = knownKind === job || knownKind === corePod;
  const isBefore = isAwaited && commaParts(hook).includes('pre-install');
  return isBefore ? PHASES.indexOf('PreSync') : undefined;
}

/** Whether an object is a hook, which is created again with each sync. */
export function isHook(object: PlacedObject): boolean {
  return [HOOK, HELM_HOOK].some(name => annotationOf(object, name) !== undefined);
}

/** What Argo CD does to an object in Git other than keeping it (docs/facts/argocd.md#made-again). */
export interface SyncFate {
  readonly annotation: string;
  /** Deleted at each sync and made again; or left out of what Argo CD keeps, so that it is pruned. */
  readonly what: 'made again' | 'left out';
}

/** Hooks of Helm that Argo CD runs before or after a sync. */
const HELM_PHASE = /^(pre|post)-(install|upgrade)$/;

/** Undefined: it is kept as it is in Git, or left alone. */
export function syncFate(object: PlacedObject): SyncFate | undefined {
  const options = syncOptionsOf(object);
  const isUpdated =
    object.knownKind === coreNamespace || object.knownKind === customResourceDefinition;
  const isForced = ['Force=true', 'Replace=true'].every(option => options.includes(option));
  return isForced && !isUpdated
    ? { annotation: SYNC_OPTIONS, what: 'made again' }
    : hookFate(object);
}

function hookFate(object: PlacedObject): SyncFate | undefined {
  const [hooks, helmHooks, ...policies] = HOOK_ANNOTATIONS.map(name => {
    const text = annotationOf(object, name);
    return text === undefined ? undefined : commaParts(text);
  });
  const isNone =
    hooks === undefined ? helmHooks?.join() === 'crd-install' : hooks.join() === 'Skip';
  if (isNone || (hooks ?? helmHooks) === undefined) return undefined;
  const listed = hooks?.filter(phase => [...PHASES, 'Skip'].includes(phase)) ?? [];
  const ofHelm = helmHooks?.filter(hook => HELM_PHASE.test(hook)) ?? [];
  const phases = listed.length > 0 ? listed : ofHelm;
  const deletes = policies.flatMap(policy => policy ?? []);
  const isStaying = deletes.length > 0 && deletes.every(policy => /^hook-?failed$/i.test(policy));
  const isOfEachSync = phases.some(phase => phase !== 'SyncFail' && phase !== 'Skip');
  return {
    annotation: hooks === undefined ? HELM_HOOK : HOOK,
    what: isOfEachSync && !isStaying ? 'made again' : 'left out',
  };
}

const HOOK_ANNOTATIONS = [HOOK, HELM_HOOK, `${HOOK}-delete-policy`, `${HELM_HOOK}-delete-policy`];

/** Whether annotations show that Argo CD applies an object. */
export function isSynced(object: PlacedObject): boolean {
  return [SYNC_WAVE, SYNC_OPTIONS, HOOK].some(name => annotationOf(object, name) !== undefined);
}

/** Whether an annotation says when Argo CD applies an object. */
export function isOrdered(object: PlacedObject): boolean {
  return syncOrderOf(object).isGiven;
}

type Order = 'phase' | 'wave';

/** Whether the first object is applied before the second, and by phase or by wave. */
export function isBeforeBy(first: PlacedObject, second: PlacedObject): Order | undefined {
  const [a, b] = [syncOrderOf(first), syncOrderOf(second)];
  if (a.phase === undefined || b.phase === undefined || (!a.isGiven && !b.isGiven))
    return undefined;
  if (a.phase !== b.phase) return a.phase < b.phase ? 'phase' : undefined;
  return a.wave < b.wave ? 'wave' : undefined;
}

const ANNOTATIONS = { phase: [HOOK, HELM_HOOK], wave: [SYNC_WAVE] } as const;

/** The annotation with the phase or wave of an object; without one, its name. */
export function orderPlace(object: PlacedObject, by: Order): Path {
  const annotation = ANNOTATIONS[by].find(name => annotationOf(object, name) !== undefined);
  return annotation === undefined ? ['metadata', 'name'] : ['metadata', 'annotations', annotation];
}
