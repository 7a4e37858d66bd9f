import { isMap, type JsonObject, mapAt, textAt } from '../ground/json.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { podOf } from '../kinds/pods.ts';
import type { Omission } from '../make/spec/spec.ts';
import type { Choices } from './choices.ts';
import { hasOnly } from './forms/given.ts';
import type { Wanted } from './wanted.ts';

/** What all objects of a spec are given, or not. */
export type Marks = Pick<Choices, 'name' | 'omit'>;

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const PART_OF = 'app.kubernetes.io/part-of';
const WAVE = 'argocd.argoproj.io/sync-wave';

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

function hasPods({ known }: PlacedObject): boolean {
  return known?.pods !== undefined && known.pods.isContainer !== true;
}

/** Whether pods have an API token and variables of Services, as Kubernetes has it. */
function isSoft(object: PlacedObject): boolean {
  const { automountServiceAccountToken, enableServiceLinks } = podOf(object)?.spec ?? {};
  return automountServiceAccountToken !== false && enableServiceLinks !== false;
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

/** The marks that an object has not, of those that objects are given. */
export function marksLacking(object: PlacedObject, { name, omit }: Marks): Omission[] {
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

/** An object without what it is given anyway; the same object where it has nothing of it. */
export function withoutMarks(object: JsonObject, { name, omit }: Marks): JsonObject {
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
