import type { JsonObject } from '../../ground/json.ts';
import type { KeySet } from '../../ground/key-set.ts';
import type { DataEntry } from './model.ts';

/** What an ExternalSecret fetches before any template. */
export interface Fetched {
  readonly data: readonly DataEntry[];
  readonly dataFrom: readonly JsonObject[];
  readonly generator: { readonly kind: string; readonly spec: JsonObject } | undefined;
  /** Secrets of this namespace that are read. */
  readonly reads: readonly string[];
  /** Secrets that the store reads, in whichever namespace it looks. */
  readonly remoteReads: readonly string[];
  readonly keys: KeySet;
}
