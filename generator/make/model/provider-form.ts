import type { Path, Report } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';

/** A provider of ESO's that a spec can name in short. Each takes its own field of a store. */
export interface ProviderForm<Store> {
  /** What people call it. */
  readonly called: string;
  /** Its settings in ESO's terms. */
  readonly resolve: (store: Store, place: StorePlace) => JsonObject;
  /** A remote key as it knows it; absent: as it is written. */
  readonly remoteKey?: (store: Store, key: string) => string;
  /** What an entry that is pushed into it says beside its key; absent: nothing. */
  readonly pushMetadata?: (store: Store) => JsonObject | undefined;
  /** Reports what it refuses in a remote key. */
  readonly checkKey?: (store: Store, key: string, path: Path, report: Report) => void;
}

/** Where the short form stands. */
export interface StorePlace {
  readonly path: Path;
  /** The namespace of a SecretStore; a ClusterSecretStore has none, and its references name theirs. */
  readonly home: string | undefined;
  readonly report: Report;
}
