import { renderValue } from '../../make/objects/render-yaml.ts';
import type { Inventory, StoreEntries } from '../../read/sets/object-set.ts';
import { shown } from '../graph/shown-names.ts';

/**
 * An inventory as `.rem-secrets-lint.yaml` has it. A store with a name that may not be shown is left
 * out: lint would take what is not listed for absent.
 */
export function renderInventory(inventory: Inventory): string {
  const stores = Object.entries(inventory).filter(([store, entries]) =>
    [store, ...Object.keys(entries)].every(name => shown(name) === name),
  );
  const named = stores.map(([store, entries]) => [store, shownProperties(entries)]);
  return renderValue({ inventory: Object.fromEntries(named) });
}

/** With a property that may not be shown none of its entry's is known. */
function shownProperties(entries: StoreEntries): StoreEntries {
  return Object.fromEntries(
    Object.entries(entries).map(([name, properties]) => {
      const isShown = properties === true || properties.every(one => shown(one) === one);
      return [name, isShown ? properties : true];
    }),
  );
}
