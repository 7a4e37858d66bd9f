import { renderValue } from '../../make/objects/render-yaml.ts';
import type { Inventory } from '../../operate/params/inventory.ts';
import { shown } from '../graph/shown-names.ts';

/**
 * An inventory as `.rem-secrets-lint.yaml` has it. A store with a name that may not be shown is left
 * out: lint would take what is not listed for absent.
 */
export function renderInventory(inventory: Inventory): string {
  const stores = Object.entries(inventory).filter(([store, entries]) =>
    [store, ...Object.keys(entries)].every(name => shown(name) === name),
  );
  return renderValue({ inventory: Object.fromEntries(stores) });
}
