import type { Path } from '../../ground/finding.ts';
import type { Json } from '../../ground/json.ts';

/**
 * A part of an object that stands for values in another notation, and where in the values it is
 * written: what stands there as it is, or a map or list that is put together.
 */
export type Part =
  | { readonly at: Path; readonly value: Json }
  | { readonly at: Path; readonly fields: Fields }
  | { readonly at: Path; readonly entries: readonly Part[] };

export type Fields = ReadonlyMap<string, Part>;

/** A value as it stands in the values, with all that is in it. */
export function copied(at: Path, value: Json): Part {
  return { at, value };
}

/** A map of parts; those that are undefined are left out. */
export function mapPart(at: Path, fields: Readonly<Record<string, Part | undefined>>): Part {
  return { at, fields: fieldsOf(fields) };
}

/** Parts by the names of their fields. */
function fieldsOf(fields: Readonly<Record<string, Part | undefined>>): Fields {
  return new Map(
    Object.entries(fields).flatMap(([name, part]) => (part === undefined ? [] : [[name, part]])),
  );
}

/** A list of parts, which is left out where it is empty. */
export function listPart(at: Path, entries: readonly Part[]): Part | undefined {
  return entries.length === 0 ? undefined : { at, entries };
}

/** The part as a manifest has it. */
export function jsonOf(part: Part): Json {
  if ('value' in part) return part.value;
  if ('entries' in part) return part.entries.map(jsonOf);
  return Object.fromEntries([...part.fields].map(([name, child]) => [name, jsonOf(child)]));
}

/** Where in the values a field of the part is written, or the nearest that is around it. */
export function placeIn(part: Part, path: Path): Path {
  if ('value' in part) return [...part.at, ...path];
  const [step, ...rest] = path;
  const child = 'entries' in part ? part.entries[Number(step)] : part.fields.get(String(step));
  return child === undefined ? part.at : placeIn(child, rest);
}
