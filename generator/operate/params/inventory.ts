import { sortBy } from '../../ground/sort-by.ts';
import type { RemoteEntry } from './entry.ts';
import { storeText } from './remote-entries.ts';

/**
 * The entries of stores by name, with the properties of their JSON; true: not known. It is the form
 * of `inventory` in `.rem-secrets-lint.yaml`.
 */
export type Inventory = Readonly<
  Record<string, Readonly<Record<string, true | readonly string[]>>>
>;

/** What the manifests read and push, as an inventory: a start for one that is kept by hand. */
export function inventoryOf(entries: readonly RemoteEntry[]): Inventory {
  const stores = new Map<string, Map<string, Set<string> | true>>();
  for (const entry of entries) {
    if (entry.isSearch) continue;
    const id = storeText(entry.store);
    const names = stores.get(id) ?? new Map<string, Set<string> | true>();
    stores.set(id, names);
    const known = names.get(entry.name) ?? new Set();
    const isOpen = known === true || isWhole(entry);
    names.set(entry.name, isOpen ? true : new Set([...known, ...entry.properties]));
  }
  return Object.fromEntries(
    sortBy([...stores], ([id]) => id).map(([id, names]) => [
      id,
      Object.fromEntries(
        sortBy([...names], ([name]) => name).map(([name, properties]) => [
          name,
          properties === true ? true : [...properties].sort(),
        ]),
      ),
    ]),
  );
}

/** Whether something takes all of it: its properties, if it has some, are not told. */
function isWhole({ uses }: RemoteEntry): boolean {
  return uses.some(({ how, property }) => how !== 'metadata' && property === undefined);
}
