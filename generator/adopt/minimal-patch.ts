import { isMap, isSame, type Json, type JsonObject } from '../ground/json.ts';
import { asJson, type KubeObject } from '../ground/kube-object.ts';
import { itemLike, mergeKey } from '../make/objects/merge-patch.ts';
import type { FieldChange } from '../review/changes/comparison.ts';
import { effectiveForm } from '../review/changes/effective-form.ts';
import { fieldChanges } from '../review/changes/field-changes.ts';

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
