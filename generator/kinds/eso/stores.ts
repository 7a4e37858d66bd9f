import type { ObjectName, Path } from '../../ground/finding.ts';
import { isMap, textAt } from '../../ground/json.ts';
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

/** A store that something names, and where. */
export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** A store as it is called; a ClusterSecretStore has no namespace. */
export function storeName({ kind, name }: Omit<StoreRef, 'path'>, namespace: string): ObjectName {
  return kind === clusterSecretStore.kind ? { kind, name } : { kind, namespace, name };
}

/** A reference to a store; without a kind it means a SecretStore (docs/facts/eso.md#store-references). */
export function storeRefOf(value: unknown, path: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? secretStore.kind;
  return { kind, name: textAt(value, 'name') ?? '', path };
}
