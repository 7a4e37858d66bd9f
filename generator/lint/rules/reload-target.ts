import { groupBy } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Watch, watchOf } from '../../kinds/reloader.ts';
import { besideWarning, type Rule, type RuleFault } from '../rule.ts';

export const reloadTarget: Rule = besideWarning('reload-target', function* (graph) {
  const watches = graph.pods.map(pod => ({ object: pod.object, watch: watchOf(pod) }));
  const listed = watches.filter(({ watch }) => watch.path !== undefined && !watch.isAll);
  if (listed.length === 0) return;
  const reads = groupBy(graph.readers, ({ object }) => object);
  for (const { object, watch } of listed) {
    const names = (reads.get(object) ?? []).map(({ secret }) => secret);
    yield* unknownTargets(graph, object, watch, new Set(names));
  }
});

function* unknownTargets(
  graph: SecretGraph,
  object: PlacedObject,
  { names, path = [] }: Watch,
  reads: ReadonlySet<string>,
): Iterable<RuleFault> {
  for (const name of names) {
    if (reads.has(name) || findSecret(graph, object.namespace, name) !== undefined) continue;
    yield {
      object,
      path,
      message: `Reloader waits for a change of Secret "${name}", which nothing makes and ${object.kind} "${object.name}" does not read`,
      hint: knownNames(`Secrets that "${object.name}" reads`, name, reads),
    };
  }
}
