import type { Validators } from '../ground/schema/schema-check.ts';
import type { SpecReader } from '../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { ObjectSet } from '../read/sets/object-set.ts';
import { buildGraph } from './build-graph.ts';
import type { SecretGraph } from './secret-graph.ts';

/** The graph of a set amid its context; `read` is shared with the graph that it is held against. */
export function graphOf(
  { objects, context, outside, folders, syncs, standings }: ObjectSet,
  validators?: Validators,
  read?: SpecReader,
): SecretGraph {
  const graph = buildGraph(worldOf(objects, context), outside, validators, read);
  return {
    ...graph,
    ...(folders && { folders }),
    ...(syncs && { syncs }),
    ...(standings && { standings }),
  };
}

/** The set's own objects, then those of the context that are no other form of them. */
function worldOf(
  objects: readonly PlacedObject[],
  context: readonly PlacedObject[],
): readonly PlacedObject[] {
  if (context.length === 0) return objects;
  const seen = new Set(objects.map(objectIdentity));
  const others = context.filter(object => {
    const identity = objectIdentity(object);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
  return [...objects, ...others];
}

/** What makes two objects one in a cluster: the version is none of it. */
export function objectIdentity({ group, kind, namespace, name }: PlacedObject): string {
  return `${group}/${kind}/${namespace}/${name}`;
}
