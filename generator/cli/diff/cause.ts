import type { Path } from '../../ground/finding.ts';
import { isMap, valueAt } from '../../ground/json.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { fieldChanges } from '../../review/changes/field-changes.ts';

/** A place in a spec: the entry that an object comes from, and the field of the object. */
export interface Effect {
  readonly entry: Path;
  /** The environment, or the cluster that several share. */
  readonly unit: string;
  readonly field: Path;
}

/**
 * What in a spec made an object's field differ from what the other side's spec makes of it: the
 * field of the entry that the other spec has not like this, in the environment first. The entry
 * itself where nothing in it differs, as after a change to the generator.
 */
export function causeIn(
  spec: SpecObject,
  other: SpecObject | undefined,
  { entry, unit, field }: Effect,
): Path {
  if (other === undefined) return entry;
  const inSpec = entry[1] === 'environments' ? entry.slice(3) : entry.slice(1);
  const ways = [['spec', 'environments', unit], ['spec']];
  for (const way of ways) {
    const path = [...way, ...inSpec];
    const cause = differenceAt(valueAt(spec, path), valueAt(other, path), field);
    if (cause !== undefined) return [...path, ...cause];
  }
  return namespaceOf(spec, other, ways, field) ?? entry;
}

/** Of several fields that differ the one that has a name in common with the object's field. */
function differenceAt(own: unknown, other: unknown, field: Path): Path | undefined {
  if (!isMap(own)) return undefined;
  const changes = fieldChanges(isMap(other) ? other : {}, own);
  const paths = changes.flatMap(({ headPath }) => (headPath === undefined ? [] : [headPath]));
  const words = new Set(field.filter(step => typeof step === 'string'));
  const named = paths.find(path => path.some(step => words.has(String(step))));
  return named ?? paths[0] ?? (changes.length > 0 ? [] : undefined);
}

/** The namespace stands beside the entries, and moves all that they make. */
function namespaceOf(
  spec: SpecObject,
  other: SpecObject,
  ways: readonly Path[],
  field: Path,
): Path | undefined {
  if (!field.includes('namespace')) return undefined;
  return ways
    .map(way => [...way, 'namespace'])
    .find(path => {
      const own = valueAt(spec, path);
      return own !== undefined && own !== valueAt(other, path);
    });
}
