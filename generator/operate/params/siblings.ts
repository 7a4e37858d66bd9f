import type { EntryUse, RemoteEntry } from './entry.ts';

/** Of the entries of another environment those that are for it what this one is here. */
export function siblingsOf(entry: RemoteEntry, others: readonly RemoteEntry[]): RemoteEntry[] {
  const uses = new Set(entry.uses.map(use => useId(entry, use)));
  return others.filter(
    other => other.name !== entry.name && other.uses.some(use => uses.has(useId(other, use))),
  );
}

/** The same key of a Secret of the same name: namespaces and prefixes differ. */
function useId({ name }: RemoteEntry, { how, secret, keys, property }: EntryUse): string {
  const own = keys ?? name.slice(name.lastIndexOf('/') + 1);
  return JSON.stringify([how, secret.name, own, property]);
}
