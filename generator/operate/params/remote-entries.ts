import type { SecretGraph } from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import { sortBy } from '../../ground/sort-by.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { EntryStore, EntryUse, RemoteEntry } from './entry.ts';
import { entryUses, type NamedUse } from './entry-uses.ts';

/** The entries of one environment. */
export interface EntryList {
  /** Empty where the manifests were named one by one. */
  readonly environment: string;
  readonly entries: readonly RemoteEntry[];
}

/** Every entry that the own objects of a graph read or push, by store and name. */
export function remoteEntries(graph: SecretGraph, own: ReadonlySet<PlacedObject>): RemoteEntry[] {
  const groups = groupBy(entryUses(graph, own), use => `${storeText(use.store)}\0${idOf(use)}`);
  return sortBy([...groups], ([id]) => id).flatMap(([, [first, ...others]]) =>
    first === undefined ? [] : [entryOf(first, [first, ...others])],
  );
}

/** A search is no entry, though it may be written as one is. */
function idOf({ name, use }: NamedUse): string {
  return use.how === 'search' ? `${name}\0` : name;
}

function entryOf({ store, name, use: { how } }: NamedUse, all: readonly NamedUse[]): RemoteEntry {
  const uses = all.map(({ use }) => use);
  const properties = new Set(uses.flatMap(({ property = [] }) => property));
  const isSearch = how === 'search';
  return { store, name, isSearch, properties: [...properties].sort(), uses };
}

/** A store as an inventory names it: `ClusterSecretStore/name`, `SecretStore/namespace/name`. */
export function storeText({ name: { kind, namespace, name } }: EntryStore): string {
  return [kind, namespace, name].filter(part => part !== undefined).join('/');
}

/** Answers which of another environment's entries are for it what an entry is here. */
export function siblingsAmong(
  others: readonly RemoteEntry[],
): (entry: RemoteEntry) => RemoteEntry[] {
  const uses = others.flatMap(other => other.uses.map(use => ({ other, id: useId(other, use) })));
  const byUse = groupBy(uses, ({ id }) => id);
  return entry => {
    const alike = entry.uses.flatMap(use => byUse.get(useId(entry, use)) ?? []);
    const found = new Set(alike.map(({ other }) => other));
    return [...found].filter(({ name }) => name !== entry.name);
  };
}

/** The same key of a Secret of the same name: namespaces and prefixes differ. */
function useId({ name }: RemoteEntry, { how, secret, keys, property }: EntryUse): string {
  const own = keys ?? name.slice(name.lastIndexOf('/') + 1);
  return JSON.stringify([how, secret.name, own, property]);
}
