import { mergedMaps } from '../../../ground/json.ts';
import type { Notation, Parameters } from './fill-in.ts';

/** Two sets of a matrix as one: in Go's form maps are merged, and what comes first wins. */
export function combined(first: Parameters, second: Parameters, notation: Notation): Parameters {
  const isOpen = first.isOpen || second.isOpen;
  const values =
    notation === 'go'
      ? mergedMaps(second.values, first.values)
      : { ...second.values, ...first.values };
  return { values, isOpen };
}

/** The sets of a merge generator: each with the one of the next generator that has its keys. */
export function mergedOnto(
  base: readonly Parameters[],
  others: readonly Parameters[],
  keys: readonly string[],
  notation: Notation,
): Parameters[] {
  const keyOf = ({ values }: Parameters): string =>
    JSON.stringify(keys.map(key => (Object.hasOwn(values, key) ? values[key] : null)));
  const byKey = new Map(others.map(set => [keyOf(set), set]));
  return base.map(set => {
    const other = byKey.get(keyOf(set));
    if (other === undefined) return set;
    const values =
      notation === 'go' ? mergedMaps(set.values, other.values) : { ...set.values, ...other.values };
    return { ...set, values };
  });
}
