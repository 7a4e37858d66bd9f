import { isMap, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { asJson, plainName, shortHash } from '../../core/kube-object.ts';
import { coreNamespace } from '../../kinds/core/service.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { podOf } from '../../kinds/pods.ts';
import type { Omission } from '../../spec/spec.ts';
import type { Wanted } from '../wanted.ts';
import { type Alternative, given, hasOnly } from './form.ts';

/** What all objects of a spec are given, or not. */
export interface Marks {
  /** metadata.name of the spec. */
  readonly name: string;
  readonly omit: readonly Omission[];
}

/**
 * An object as it is, under `resources`: without the namespace that all have, and first without the labels
 * and the wave that all are given.
 */
export function resourceWays(
  placed: PlacedObject,
  wanted: Wanted,
  marks: Marks,
): readonly Alternative[] {
  const whole = placeless(placed, wanted);
  const bare = withoutMarks(whole, marks);
  const scope = placed.known === undefined && hasNoNamespace(placed) ? 'Cluster' : undefined;
  const lacking = marksLacking(placed, marks);
  const way = (name: string, object: JsonObject): Alternative => ({
    way: name,
    entry: given({ scope, omit: lacking, object }),
    covers: [placed],
  });
  return bare === whole ? [way('whole', whole)] : [way('bare', bare), way('whole', whole)];
}

function placeless({ json }: PlacedObject, { namespace: home }: Wanted): JsonObject {
  const { name, namespace, ...rest } = json.metadata;
  const metadata = {
    name,
    ...(namespace !== home && namespace !== undefined && { namespace }),
    ...(rest as JsonObject),
  };
  return { ...asJson(json), metadata };
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';

const PART_OF = 'app.kubernetes.io/part-of';

const WAVE = 'argocd.argoproj.io/sync-wave';

/** An object without what it is given anyway; the same object where it has nothing of it. */
function withoutMarks(object: JsonObject, { name, omit }: Marks): JsonObject {
  const labels = omit.includes('labels') ? [] : [MANAGED_BY, PART_OF];
  const annotations = omit.includes('syncWaves') ? [] : [WAVE];
  const metadata = mapAt(object, 'metadata');
  if (labels.length > 0 && mapAt(metadata, 'labels')[PART_OF] !== name) return object;
  const left = without(without(metadata, 'labels', labels), 'annotations', annotations);
  return left === metadata ? object : { ...object, metadata: left };
}

function without(metadata: JsonObject, field: string, names: readonly string[]): JsonObject {
  const { [field]: map, ...others } = metadata;
  if (!isMap(map) || !names.some(name => Object.hasOwn(map, name))) return metadata;
  const kept = Object.entries(map).filter(([name]) => !names.includes(name));
  return kept.length === 0 ? others : { ...others, [field]: Object.fromEntries(kept) };
}

function hasNoNamespace({ json }: PlacedObject): boolean {
  return json.metadata.namespace === undefined;
}

/** The marks that an object has not, of those that objects are given. */
function marksLacking(object: PlacedObject, { name, omit }: Marks): Omission[] {
  return [
    ...(omit.includes('labels') || partOf(object) === name ? [] : (['labels'] as const)),
    ...(omit.includes('syncWaves') || hasWave(object) ? [] : (['syncWaves'] as const)),
  ];
}

/** The spec that an object says it is part of; undefined: it is none of ours. */
function partOf({ json }: PlacedObject): string | undefined {
  const labels = mapAt(json, 'metadata', 'labels');
  return labels[MANAGED_BY] === 'rem-secrets' ? textAt(labels, PART_OF) : undefined;
}

function hasWave({ json }: PlacedObject): boolean {
  return textAt(json, 'metadata', 'annotations', WAVE) !== undefined;
}

/** The name of an object's entry under `resources`, the same in all environments. */
export type ResourceName = (object: PlacedObject, wanted: Wanted) => string;

/** Kind and name; with the namespace, or a hash, where several objects would have that. */
export function resourceNames(all: readonly Wanted[]): ResourceName {
  const taken = new Map<string, string>();
  const names = new Map<string, string>();
  const objects = all.flatMap(wanted => wanted.objects.map(object => ({ object, wanted })));
  for (const { object, wanted } of objects) {
    const id = relativeId(object, wanted);
    if (names.has(id)) continue;
    const name = candidates(object, id).find(one => !taken.has(one)) ?? id;
    taken.set(name, id);
    names.set(id, name);
  }
  return (object, wanted) => names.get(relativeId(object, wanted)) ?? '';
}

/** What makes objects of two environments one: their namespaces may differ. */
function relativeId(object: PlacedObject, wanted: Wanted): string {
  const { group, kind, namespace, name } = object;
  if (isHome(object, wanted)) return kind;
  return [group, kind, namespace === wanted.namespace ? '' : namespace, name].join('/');
}

/** The environment's own Namespace, whatever its name. */
function isHome({ known, name }: PlacedObject, { namespace }: Wanted): boolean {
  return known === coreNamespace && name === namespace;
}

function candidates({ kind, name, namespace }: PlacedObject, id: string): string[] {
  if (id === kind) return [kind.toLowerCase()];
  return [
    `${kind}-${name}`,
    `${kind}-${namespace}-${name}`,
    `${kind}-${name}-${shortHash(id)}`,
  ].map(legal);
}

/** Dots stay, with a plain name on both sides. */
function legal(name: string): string {
  const parts = name.split('.').map(plainName);
  return parts
    .filter(part => part !== '')
    .join('.')
    .slice(0, 200)
    .replace(/[-.]$/, '');
}

/**
 * What most objects have of all that `expand` gives to each: its labels, and Argo CD's waves. What they
 * have not is omitted: what runs stays as it is.
 */
export function marksOf(all: readonly Wanted[], name: string): Marks {
  const objects = all.flatMap(wanted => wanted.objects.filter(object => object.namespace !== ''));
  const part = objects.map(partOf).find(one => one !== undefined);
  const isMost = (has: (object: PlacedObject) => boolean, own = objects): boolean =>
    own.filter(has).length * 2 > own.length;
  const isLabelled = part !== undefined && isMost(object => partOf(object) === part);
  const omit: Omission[] = [
    ...(isTemplateless(objects) ? (['emptyTemplates'] as const) : []),
    ...(isMost(isSoft, objects.filter(hasPods)) ? (['hardening'] as const) : []),
    ...(isLabelled ? [] : (['labels'] as const)),
    ...(isMost(hasWave) ? [] : (['syncWaves'] as const)),
  ];
  return { name: isLabelled ? part : name, omit };
}

/** Whether more ExternalSecrets have no template than one that says nothing. */
function isTemplateless(objects: readonly PlacedObject[]): boolean {
  const templates = objects
    .filter(({ known }) => known === externalSecret)
    .map(({ json }) => mapAt(json, 'spec', 'target')['template']);
  const isEmpty = (template: unknown): boolean =>
    isMap(template) && hasOnly(template, 'engineVersion', 'mergePolicy');
  return templates.filter(one => one === undefined).length > templates.filter(isEmpty).length;
}

/** Whether pods have an API token and variables of Services, as Kubernetes has it. */
function isSoft(object: PlacedObject): boolean {
  const { automountServiceAccountToken, enableServiceLinks } = podOf(object)?.spec ?? {};
  return automountServiceAccountToken !== false && enableServiceLinks !== false;
}

function hasPods({ known }: PlacedObject): boolean {
  return known?.pods !== undefined && known.pods.isContainer !== true;
}
