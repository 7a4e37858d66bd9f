import { groupBy } from '../ground/group-by.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';

/** Objects that have something in common, in the order in which they are applied. */
interface Twins {
  readonly last: PlacedObject;
  readonly others: readonly PlacedObject[];
}

/**
 * Objects that have a text in common and are applied together: in one file or build, or in files of
 * one folder. Those of several folders may be for several clusters.
 */
export function twins(
  { folders }: SecretGraph,
  objects: readonly PlacedObject[],
  textOf: (object: PlacedObject) => string | undefined,
): Twins[] {
  const alike = [...groupBy(objects, textOf)].filter(
    ([text, group]) => text !== undefined && group.length > 1,
  );
  return alike.flatMap(([, group]) => {
    const together = groupBy(group, ({ file }) => folders?.get(file) ?? file);
    return [...together.values()].flatMap((own): Twins[] => {
      const last = own.at(-1);
      return last === undefined || own.length < 2 ? [] : [{ last, others: own.slice(0, -1) }];
    });
  });
}
