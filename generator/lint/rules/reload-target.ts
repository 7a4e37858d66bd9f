import { knownNames } from '../../core/names.ts';
import { findSecret } from '../../graph/secret-graph.ts';
import { watchOf } from '../../kinds/reloader.ts';
import { besideWarning, type Rule } from '../rule.ts';

export const reloadTarget: Rule = besideWarning('reload-target', 'pods', function* (pod, graph) {
  const { object } = pod;
  const { names, path, isAll } = watchOf(pod);
  if (path === undefined || isAll) return;
  for (const name of names) {
    if (findSecret(graph, object.namespace, name) !== undefined) continue;
    const reads = graph.readers.filter(reader => reader.object === object);
    const read = new Set(reads.map(({ secret }) => secret));
    if (read.has(name)) continue;
    yield {
      path,
      message: `Reloader waits for a change of Secret "${name}", which nothing makes and ${object.kind} "${object.name}" does not read`,
      hint: knownNames(`Secrets that "${object.name}" reads`, name, read),
    };
  }
});
