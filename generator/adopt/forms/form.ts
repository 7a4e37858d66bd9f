import type { JsonObject } from '../../ground/json.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import type { Wanted } from '../wanted.ts';

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
