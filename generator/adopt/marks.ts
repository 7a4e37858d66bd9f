import { isMap, type JsonObject, mapAt, textAt } from '../ground/json.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import type { Item } from '../kinds/kind.ts';
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
  const items = all.flatMap(wanted => wanted.items.filter(item => item.namespace !== ''));
  const part = items.map(partOf).find(one => one !== undefined);
  const isMost = (has: (item: Item) => boolean, own = items): boolean =>
    own.filter(has).length * 2 > own.length;
  const isLabelled = part !== undefined && isMost(item => partOf(item) === part);
  const omit: Omission[] = [
    ...(isTemplateless(items) ? (['emptyTemplates'] as const) : []),
    ...(isMost(isSoft, items.filter(hasPods)) ? (['hardening'] as const) : []),
    ...(isLabelled ? [] : (['labels'] as const)),
    ...(isMost(hasWave) ? [] : (['syncWaves'] as const)),
  ];
  return { name: isLabelled ? part : name, omit };
}

function hasPods({ known }: Item): boolean {
  return known?.pods !== undefined && known.pods.isContainer !== true;
}

/** Whether pods have an API token and variables of Services, as Kubernetes has it. */
function isSoft(item: Item): boolean {
  const { automountServiceAccountToken, enableServiceLinks } = podOf(item)?.spec ?? {};
  return automountServiceAccountToken !== false && enableServiceLinks !== false;
}

/** Whether more ExternalSecrets have no template than one that says nothing. */
function isTemplateless(items: readonly Item[]): boolean {
  const templates = items
    .filter(({ known }) => known === externalSecret)
    .map(({ object }) => mapAt(object, 'spec', 'target')['template']);
  const isEmpty = (template: unknown): boolean =>
    isMap(template) && hasOnly(template, 'engineVersion', 'mergePolicy');
  return templates.filter(one => one === undefined).length > templates.filter(isEmpty).length;
}

/** The marks that an object has not, of those that objects are given. */
export function marksLacking(item: Item, { name, omit }: Marks): Omission[] {
  return [
    ...(omit.includes('labels') || partOf(item) === name ? [] : (['labels'] as const)),
    ...(omit.includes('syncWaves') || hasWave(item) ? [] : (['syncWaves'] as const)),
  ];
}

/** The spec that an object says it is part of; undefined: it is none of ours. */
function partOf({ object }: Item): string | undefined {
  const labels = mapAt(object, 'metadata', 'labels');
  return labels[MANAGED_BY] === 'rem-secrets' ? textAt(labels, PART_OF) : undefined;
}

function hasWave({ object }: Item): boolean {
  return textAt(object, 'metadata', 'annotations', WAVE) !== undefined;
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
