import type { Validators } from '../ground/schema/schema-check.ts';
import type { SpecReader } from '../kinds/eso/external-secret-spec.ts';
import type { Item } from '../kinds/kind.ts';
import type { ObjectSet } from '../read/sets/object-set.ts';
import { buildGraph } from './build-graph.ts';
import type { SecretGraph } from './secret-graph.ts';

/** The graph of a set amid its context; `read` is shared with the graph that it is held against. */
export function graphOf(
  { items, context, outside, folders, syncs, standings }: ObjectSet,
  validators?: Validators,
  read?: SpecReader,
): SecretGraph {
  const graph = buildGraph(worldOf(items, context), outside, validators, read);
  return {
    ...graph,
    ...(folders && { folders }),
    ...(syncs && { syncs }),
    ...(standings && { standings }),
  };
}

/** The set's own objects, then those of the context that are no other form of them. */
function worldOf(items: readonly Item[], context: readonly Item[]): readonly Item[] {
  if (context.length === 0) return items;
  const seen = new Set(items.map(itemIdentity));
  const others = context.filter(item => {
    const identity = itemIdentity(item);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
  return [...items, ...others];
}

/** What makes two items one object in a cluster: the version is none of it. */
export function itemIdentity({ group, kind, namespace, name }: Item): string {
  return `${group}/${kind}/${namespace}/${name}`;
}
