import { sortBy } from '../../ground/sort-by.ts';
import type { Inventory } from '../../read/sets/object-set.ts';
import type { RemoteEntry } from './entry.ts';
import { isThere } from './entry-faults.ts';
import type { Found } from './facts.ts';
import { askedName, type FoundAt, type LookedUp } from './looked-up.ts';
import { storeText } from './remote-entries.ts';
import { listedPrefix } from './unused-entries.ts';

type Properties = true | ReadonlySet<string>;
type Stores = Map<string, Map<string, Properties>>;

/** What the manifests read and push, as an inventory: a start for one that is kept by hand. */
export function inventoryOf(entries: readonly RemoteEntry[]): Inventory {
  const stores: Stores = new Map();
  for (const entry of entries.filter(({ isSearch }) => !isSearch)) {
    const names = namesOf(entry, stores);
    const known = names.get(entry.name) ?? new Set();
    const isOpen = known === true || isWhole(entry);
    names.set(entry.name, isOpen ? true : new Set([...known, ...entry.properties]));
  }
  return sorted(stores);
}

/** What is there of it, and all else below the prefixes of stores; of values only the properties' names. */
export function inventoryFound(entries: readonly RemoteEntry[], foundAt: FoundAt): Inventory {
  const stores: Stores = new Map();
  for (const entry of entries) {
    const lookedUp = foundAt(entry);
    if (lookedUp === undefined) continue;
    const names = namesOf(entry, stores);
    for (const name of listedBeside(entry, lookedUp)) if (!names.has(name)) names.set(name, true);
    const properties = propertiesOf(lookedUp.found.get(askedName(entry)));
    if (properties !== undefined) names.set(entry.name, properties);
  }
  return sorted(stores);
}

function listedBeside({ store }: RemoteEntry, { listed }: LookedUp): readonly string[] {
  const prefix = listedPrefix(store);
  return listed.find(list => list.prefix === prefix)?.names ?? [];
}

/** Undefined: it is not there. */
function propertiesOf(found: Found | undefined): Properties | undefined {
  if (found === undefined || found === 'missing') return undefined;
  const value = isThere(found) ? found.value : undefined;
  return value === undefined ? true : new Set(value.properties);
}

function namesOf({ store }: RemoteEntry, stores: Stores): Map<string, Properties> {
  const id = storeText(store);
  const names = stores.get(id) ?? new Map<string, Properties>();
  stores.set(id, names);
  return names;
}

function sorted(stores: Stores): Inventory {
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
