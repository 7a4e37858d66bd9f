import { groupBy } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { findSecret } from '../../graph/secret-graph.ts';
import { watchOf } from '../../kinds/reloader.ts';
import { besideWarning, type Rule } from '../rule.ts';

export const reloadTarget: Rule = besideWarning('reload-target', function* (graph) {
  const watches = graph.pods.map(pod => ({ object: pod.object, watch: watchOf(pod) }));
  const listed = watches.filter(({ watch }) => watch.path !== undefined && !watch.isAll);
  if (listed.length === 0) return;
  const reads = groupBy(graph.readers, ({ object }) => object);
  for (const { object, watch } of listed) {
    const read = new Set((reads.get(object) ?? []).map(({ secret }) => secret));
    const { names, path = [] } = watch;
    for (const name of names) {
      if (read.has(name) || findSecret(graph, object.namespace, name) !== undefined) continue;
      yield {
        object,
        path,
        message: `Reloader waits for a change of Secret "${name}", which nothing makes and ${object.kind} "${object.name}" does not read`,
        hint: knownNames(`Secrets that "${object.name}" reads`, name, read),
      };
    }
  }
});
