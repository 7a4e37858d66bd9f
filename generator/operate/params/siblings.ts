import { groupBy } from '../../ground/group-by.ts';
import type { EntryUse, RemoteEntry } from './entry.ts';

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
