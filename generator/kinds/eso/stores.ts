import type { Kind } from '../kind.ts';
import { clusterSecretStore } from './cluster-secret-store.ts';
import { secretStore } from './secret-store.ts';

/** What a `secretStoreRef` may name. */
export const STORES: readonly Kind[] = [secretStore, clusterSecretStore];

/** The kind of store that a reference names; undefined: there is none. */
export function storeKind(kind: string): Kind | undefined {
  return BY_NAME.get(kind);
}

/** Each entry of each ExternalSecret asks. */
const BY_NAME: ReadonlyMap<string, Kind> = new Map(STORES.map(known => [known.kind, known]));
