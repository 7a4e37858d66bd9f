import type { JsonObject } from '../../ground/json.ts';
import type { Named, Patches } from './named.ts';

/** What is written from a Secret into a store, as the JSON Schema lets it through (spec.ts). */
export interface PushSpec {
  readonly secret?: string;
  readonly store?: string;
  readonly keys?: Named<string | PushedKeySpec>;
  readonly refreshInterval?: string;
  readonly updatePolicy?: 'Replace' | 'IfNotExists';
  readonly deletionPolicy?: 'None' | 'Delete';
  readonly patch?: Patches;
}

export interface PushedKeySpec {
  readonly key?: string;
  readonly property?: string;
  readonly metadata?: JsonObject;
}
