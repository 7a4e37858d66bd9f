import type { RemoteEntry } from '../../operate/params/entry.ts';
import { wrongUsage } from '../usage.ts';
import type { WriteFlags } from './params-flags.ts';
import type { WantedEntries } from './wanted-entries.ts';

/** The key that is asked for, or that the spec says. */
export function keyOf(
  entry: RemoteEntry,
  { lists, specStoreOf }: WantedEntries,
  { key }: WriteFlags,
): string | undefined {
  const own = lists.filter(({ entries }) => entries.some(({ name }) => name === entry.name));
  const keys = new Set(
    own.flatMap(({ environment }) => specStoreOf(environment, entry.store.name.name).keys),
  );
  if (key !== undefined || keys.size === 0) return key;
  const [first] = keys;
  return keys.size === 1
    ? first
    : wrongUsage(`the spec names several keys: choose one by --key: ${[...keys].join(', ')}`);
}
