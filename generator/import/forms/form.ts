import { isMap, type Json, type JsonObject } from '../../core/json.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import type { Wanted } from '../wanted.ts';

/** An entry without what it does not say: undefined, and empty collections. */
export function given(entry: Readonly<Record<string, Json | undefined>>): JsonObject {
  const said = Object.entries(entry).filter(
    (field): field is [string, Json] => field[1] !== undefined && !isEmpty(field[1]),
  );
  return Object.fromEntries(said);
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** A value that says more than the default. */
export function unless<T extends Json>(value: T | undefined, usual: Json): T | undefined {
  return value === usual ? undefined : value;
}

/** Whether a map has these fields and no others. */
export function hasOnly(map: JsonObject, ...fields: readonly string[]): boolean {
  return Object.keys(map).every(name => fields.includes(name));
}

/** A collection of the spec that has short forms. */
export type Section = 'databases' | 'secrets' | 'stores' | 'workloads';

/** One way to say objects in the spec: an entry that makes them, or nearly. */
export interface Alternative {
  /** Tells the ways of one form apart. */
  readonly way: string;
  readonly entry: JsonObject;
  /** What the entry makes: the object itself first. */
  readonly covers: readonly PlacedObject[];
}

/** The inverse of what makes objects of an entry. */
export interface Form {
  readonly section: Section;
  readonly kinds: readonly Kind[];
  /** The ways to say an object, the shortest first; a text: why no short form can say it. */
  readonly ways: (object: PlacedObject, context: FormContext) => readonly Alternative[] | string;
  /** The name of its entry; absent: its own. */
  readonly nameOf?: (object: PlacedObject) => string;
}

/** What a form may look at beside the object. */
export interface FormContext {
  readonly wanted: Wanted;
  /** The entries that were chosen before, by name. */
  readonly databases: ReadonlyMap<string, JsonObject>;
  readonly stores: ReadonlyMap<string, JsonObject>;
}
