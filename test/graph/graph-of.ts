import { buildGraph } from '../../generator/graph/graph.ts';
import type { SecretGraph } from '../../generator/graph/secret-graph.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { findingsAmid, inOrder } from '../../generator/lint/check.ts';
import type { ObjectFault } from '../../generator/lint/rule.ts';
import { rules } from '../../generator/lint/rules.ts';
import { objectsOf } from '../machine.ts';

/** The graph of some manifests, in the order in which they are given. */
export function graphOf(...manifests: readonly string[]): SecretGraph {
  const objects = objectsOf(manifests.join('\n---\n'));
  return buildGraph(objects.map((object, index) => placedObject(object, 0, [index], '')));
}

/** Everything that the rules find in a graph, sorted. */
export function checkGraph(graph: SecretGraph): ObjectFault[] {
  return inOrder(findingsAmid(graph, graph.objects, rules));
}
