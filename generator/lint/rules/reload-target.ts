import { knownNames } from '../../core/names.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Watch, watchOf } from '../../kinds/reloader.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const reloadTarget: Rule = {
  id: 'reload-target',
  severity: 'warning',
  claimsAbsence: 'beside',
  summary: 'Each Secret that a Reloader annotation names is made by something.',

  *check(graph) {
    const watches = graph.pods.map(pod => ({ object: pod.object, watch: watchOf(pod) }));
    const listed = watches.filter(({ watch }) => watch.path !== undefined && !watch.isAll);
    const reads =
      listed.length === 0 ? new Map<PlacedObject, Set<string>>() : readsByWorkload(graph);
    for (const { object, watch } of listed)
      yield* unknownTargets(graph, object, watch, reads.get(object) ?? new Set());
  },
};

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

function readsByWorkload({ readers }: SecretGraph): Map<PlacedObject, Set<string>> {
  const reads = new Map<PlacedObject, Set<string>>();
  for (const { object, secret } of readers) {
    const names = reads.get(object);
    if (names === undefined) reads.set(object, new Set([secret]));
    else names.add(secret);
  }
  return reads;
}
