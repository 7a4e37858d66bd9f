import { isMap, isSame, type Json, type JsonObject } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { type FieldChange, fieldChanges } from '../diff/field-changes.ts';
import { effectiveForm } from '../diff/forms.ts';
import { itemLike, mergeKey } from '../spec/objects/patches.ts';
import type { Omission } from '../spec/spec.ts';
import type { DeployerSections } from './deployers.ts';

/** What was found out about the ways to say objects: it only grows, so that the search has an end. */
export interface Choices {
  /** metadata.name of the spec. */
  readonly name: string;
  readonly omit: readonly Omission[];
  /** How the tree is applied: it decides what objects are given. */
  readonly deployers: DeployerSections;
  /** Ways that do not do, by entry, and why. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Secrets that are read, and that nothing in an environment makes: `environment/name`. */
  readonly outside: ReadonlySet<string>;
}

/** The way in which a Secret is declared that nothing of a spec makes. */
export const DECLARED = 'declared';

/** Something found out. */
export type Lesson =
  | { readonly entry: EntryName; readonly way: string; readonly reason: string }
  | { readonly outside: string };

/** An entry of the spec: its collection, and its name there. */
export interface EntryName {
  readonly section: string;
  readonly name: string;
}

export function entryKey({ section, name }: EntryName): string {
  return `${section}/${name}`;
}

/**
 * The choices with what was found out. A way that one environment cannot go none goes: two ways to say an
 * object would be a longer spec than the one that all can go.
 */
export function learned(choices: Choices, lessons: readonly Lesson[]): Choices {
  const refused = new Map(choices.refused);
  const outside = new Set(choices.outside);
  for (const lesson of lessons) {
    if ('outside' in lesson) {
      outside.add(lesson.outside);
      continue;
    }
    const key = entryKey(lesson.entry);
    const before = refused.get(key) ?? new Map();
    if (!before.has(lesson.way))
      refused.set(key, new Map([...before, [lesson.way, lesson.reason]]));
  }
  return { ...choices, refused, outside };
}

/** How much is known. */
export function knownCount({ refused, outside }: Choices): number {
  return [...refused.values()].reduce((sum, ways) => sum + ways.size, outside.size);
}

export function isRefused({ refused }: Choices, entry: EntryName, way: string): boolean {
  return refused.get(entryKey(entry))?.has(way) === true;
}

/** Why the shorter ways of an entry do not do: what was found out last. */
export function whyLonger({ refused }: Choices, entry: EntryName): string | undefined {
  return [...(refused.get(entryKey(entry))?.values() ?? [])].at(-1);
}

/** A value as it is compared, of what is made and of what is wanted, and as it is written. */
interface Values {
  readonly made: Json;
  readonly want: Json;
  readonly written: Json | undefined;
}

/**
 * The least that has to be merged into an object that the short form makes to have the one that is
 * wanted, as a strategic-merge patch; undefined: they take effect alike. Where a value is new it is as
 * the manifest has it.
 */
export function minimalPatch(made: KubeObject, wanted: KubeObject): JsonObject | undefined {
  const values = {
    made: asJson(effectiveForm(made)),
    want: asJson(effectiveForm(wanted)),
    written: asJson(wanted),
  };
  const patch = valuePatch('', values);
  return patch !== undefined && isMap(patch) ? patch : undefined;
}

/** Whether two objects take effect alike, as `diff` sees it. */
export function isAlike(made: KubeObject, wanted: KubeObject): boolean {
  return isSame(made, wanted) || differingFields(made, wanted).length === 0;
}

/** The fields in which two objects take effect otherwise. */
export function differingFields(made: KubeObject, wanted: KubeObject): FieldChange[] {
  return fieldChanges(asJson(effectiveForm(made)), asJson(effectiveForm(wanted)));
}

function valuePatch(name: string, values: Values): Json | undefined {
  const { made, want, written } = values;
  if (fieldChanges({ [name]: made }, { [name]: want }).length === 0) return undefined;
  if (isMap(made) && isMap(want)) return mapPatch(made, want, isMap(written) ? written : {});
  if (Array.isArray(made) && Array.isArray(want)) return listPatch(name, made, want, written);
  return written ?? want;
}

function mapPatch(made: JsonObject, want: JsonObject, written: JsonObject): JsonObject | undefined {
  const patch: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(made), ...Object.keys(want)])) {
    const change = fieldPatch(name, own(made, name), own(want, name), own(written, name));
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function fieldPatch(
  name: string,
  made: Json | undefined,
  want: Json | undefined,
  written: Json | undefined,
): Json | undefined {
  if (want === undefined) return made === undefined ? undefined : null;
  return made === undefined ? (written ?? want) : valuePatch(name, { made, want, written });
}

function own(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Entries of a keyed list by what changes in them; any other list as a whole. */
function listPatch(
  name: string,
  made: readonly Json[],
  want: readonly Json[],
  written: Json | undefined,
): Json {
  const key = mergeKey(name, [made, want]);
  const given = Array.isArray(written) ? written : want;
  if (key === undefined) return given;
  const changed = want.filter(isMap).flatMap((item): JsonObject[] => {
    const before = itemLike(made, key, item);
    const source = itemLike(given, key, item) ?? item;
    if (before === undefined) return [source];
    const change = mapPatch(before, item, source);
    return change === undefined ? [] : [{ [key]: item[key] ?? null, ...change }];
  });
  const gone = made
    .filter(isMap)
    .filter(item => itemLike(want, key, item) === undefined)
    .map((item): JsonObject => ({ [key]: item[key] ?? null, $patch: 'delete' }));
  return [...changed, ...gone];
}
