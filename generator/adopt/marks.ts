import { isMap, type JsonObject, mapAt, textAt } from '../ground/json.ts';
import type { Item } from '../kinds/kind.ts';
import type { Omission } from '../make/spec/spec.ts';
import type { Choices } from './choices.ts';
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
  const isMost = (has: (item: Item) => boolean): boolean =>
    items.filter(has).length * 2 > items.length;
  const isLabelled = part !== undefined && isMost(item => partOf(item) === part);
  const omit: Omission[] = [
    ...(isLabelled ? [] : (['labels'] as const)),
    ...(isMost(hasWave) ? [] : (['syncWaves'] as const)),
  ];
  return { name: isLabelled ? part : name, omit };
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
