import type { Host } from '../core/host.ts';
import { sortBy } from '../core/json.ts';
import { shown } from '../report/text.ts';
import type { CommonOptions } from '../shell/command.ts';
import { tellUnseen } from '../shell/print.ts';
import type { Inventory, StoreEntries } from '../world/object-set.ts';
import { renderValue } from '../yaml/write.ts';
import { awsClient } from './aws.ts';
import type { CheckFlags } from './check.ts';
import { entriesIn, storeText, type WantedEntries, wantedEntries } from './entries.ts';
import { askedName, listedPrefix, type RemoteEntry } from './entry.ts';
import { type Found, type FoundAt, inOwnAccount, isThere, type LookedUp } from './facts.ts';
import { lookUp } from './look-up.ts';
import { readValues } from './read-values.ts';

type InventoryOptions = InventoryFlags & CommonOptions;

export interface InventoryFlags extends CheckFlags {
  /** List what AWS has, not what manifests need. */
  readonly fromAws?: boolean;
}

/** Prints the entries of stores for lint: those that manifests need, or those that AWS has. */
export async function printInventory(options: InventoryOptions, host: Host): Promise<number> {
  const wanted = await wantedEntries(options, host);
  if (typeof wanted === 'number') return wanted;
  if (options.fromAws === true) return printFound(wanted, options, host);
  host.stdout(renderInventory(inventoryOf(entriesIn(wanted.lists))));
  return tellUnseen(wanted, host);
}

async function printFound(
  wanted: WantedEntries,
  options: InventoryOptions,
  host: Host,
): Promise<number> {
  const entries = entriesIn(wanted.lists);
  const call = awsClient(options.profile, host);
  const foundAt = await lookUp(entries, call, host);
  const known = options.read ? await readValues(entries, foundAt, call, host) : foundAt;
  host.stdout(renderInventory(inventoryFound(entries, inOwnAccount(entries, known))));
  return tellUnseen(wanted, host);
}

/**
 * An inventory for `.rem-secrets-lint.yaml`. A store with a name that must be masked is left out as a whole, because
 * lint takes entries that are not listed for absent.
 */
function renderInventory(inventory: Inventory): string {
  const stores = Object.entries(inventory).filter(([store, entries]) =>
    [store, ...Object.keys(entries)].every(name => shown(name) === name),
  );
  const named = stores.map(([store, entries]) => [store, shownProperties(entries)]);
  return renderValue({ inventory: Object.fromEntries(named) });
}

/** Entries with a property that must be masked are listed without properties. */
function shownProperties(entries: StoreEntries): StoreEntries {
  return Object.fromEntries(
    Object.entries(entries).map(([name, properties]) => {
      const isShown = properties === true || properties.every(one => shown(one) === one);
      return [name, isShown ? properties : true];
    }),
  );
}

type Stores = Map<string, Map<string, Properties>>;

type Properties = true | ReadonlySet<string>;

/** The entries that AWS has, with all others below the prefixes of stores; of values only names of properties. */
function inventoryFound(entries: readonly RemoteEntry[], foundAt: FoundAt): Inventory {
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

function namesOf({ store }: RemoteEntry, stores: Stores): Map<string, Properties> {
  const id = storeText(store);
  const names = stores.get(id) ?? new Map<string, Properties>();
  stores.set(id, names);
  return names;
}

function listedBeside({ store }: RemoteEntry, { listed }: LookedUp): readonly string[] {
  const prefix = listedPrefix(store);
  return listed.find(list => list.prefix === prefix)?.names ?? [];
}

/** The properties of an entry; undefined if it is missing. */
function propertiesOf(found: Found | undefined): Properties | undefined {
  if (found === undefined || found === 'missing') return undefined;
  const value = isThere(found) ? found.value : undefined;
  return value === undefined ? true : new Set(value.properties);
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

/** The entries that manifests read and push. */
function inventoryOf(entries: readonly RemoteEntry[]): Inventory {
  const stores: Stores = new Map();
  for (const entry of entries.filter(({ isSearch }) => !isSearch)) {
    const names = namesOf(entry, stores);
    const known = names.get(entry.name) ?? new Set();
    const isOpen = known === true || isWhole(entry);
    names.set(entry.name, isOpen ? true : new Set([...known, ...entry.properties]));
  }
  return sorted(stores);
}

/** Whether something reads the whole entry, so that its properties are unknown. */
function isWhole({ uses }: RemoteEntry): boolean {
  return uses.some(({ how, property }) => how !== 'metadata' && property === undefined);
}
