import { ownFields } from '#validators/own-fields';
import type { Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isMap, mergedMaps, valueAt, withValueAt } from '../core/json.ts';

/** A part of the spec that takes fields under their Kubernetes names. */
export type LevelledPart = PartOfWorkload | PartOfDatabase | BackupPart | 'store';

type PartOfWorkload = 'workload' | 'container' | 'probe' | 'volume' | 'security' | 'service';
type PartOfDatabase = 'database' | 'storage' | 'role';
type BackupPart = 'backup' | 'externalCluster' | 'recovery' | 'scheduledBackup';

/** Where in the built object a field goes that the spec takes under its Kubernetes name (tools/build/levels.ts). */
export interface OwnField {
  readonly at: Path;
  /** The field that a plain value stands for: `strategy: Recreate` is `strategy: { type: Recreate }`. */
  readonly word?: string;
}

export type PlacedField = { readonly name: string; readonly value: Json; readonly path: Path };

/** The kinds for which a part of the spec takes this field under its Kubernetes name. */
export function kindsWith(part: LevelledPart, field: string): string[] {
  const kinds = Object.entries(ownFields[part] ?? {});
  return kinds.flatMap(([kind, fields]) => (Object.hasOwn(fields, field) ? [kind] : []));
}

/** The fields of an entry that have Kubernetes names and are not among the fields of the spec's schema. */
export function placedFields(
  part: LevelledPart,
  entry: object,
  kind: string = part,
): PlacedField[] {
  const fields = ownFields[part]?.[kind] ?? {};
  return Object.entries(entry as JsonObject).flatMap(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || value === undefined) return [];
    const isWord = field.word !== undefined && !isMap(value);
    return [{ name, value: isWord ? { [field.word]: value } : value, path: [...field.at, name] }];
  });
}

/** Adds the entry's fields with Kubernetes names to the built object; maps are merged. */
export function withPlaced(built: JsonObject, fields: readonly PlacedField[]): JsonObject {
  return fields.reduce<Json>((all, { path, value }) => {
    const before = valueAt(all, path);
    const merged = isMap(before) && isMap(value) ? mergedMaps(before, value) : value;
    return withValueAt(all, path, merged);
  }, built) as JsonObject;
}

/** The inverse of `placedFields`: the fields of a built object as an entry has them. */
export function ownEntry(part: LevelledPart, built: JsonObject, kind: string = part): JsonObject {
  const fields = Object.entries(ownFields[part]?.[kind] ?? {});
  return Object.fromEntries(
    fields.flatMap(([name, { at, word }]) => {
      const value = valueAt(built, [...at, name]);
      if (value === undefined) return [];
      const [only, ...others] = isMap(value) ? Object.keys(value) : [];
      const isWord = isMap(value) && word !== undefined && only === word && others.length === 0;
      return [[name, (isWord ? value[word] : value) as Json]];
    }),
  );
}
