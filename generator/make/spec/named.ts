import type { JsonObject } from '../../ground/json.ts';

/** A collection keyed by name; its order means nothing. */
export type Named<T> = Readonly<Record<string, T>>;

/** Patches by kind, in the object's own terms. */
export type Patches = Named<JsonObject>;
