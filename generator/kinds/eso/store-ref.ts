import type { Path } from '../../ground/finding.ts';
import { isMap, textAt } from '../../ground/json.ts';
import { secretStore } from './secret-store.ts';

/** A store that something names, and where. */
export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** A reference to a store; without a kind it means a SecretStore (docs/facts/eso.md#store-references). */
export function storeRefOf(value: unknown, path: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? secretStore.kind;
  return { kind, name: textAt(value, 'name') ?? '', path };
}
