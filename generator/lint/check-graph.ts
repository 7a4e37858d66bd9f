import { sortBy } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { doubtAbout, doubtBeside } from '../graph/doubts.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { ObjectFault, Rule, RuleFault } from './rule.ts';
import { rules } from './rules.ts';

/** Everything that the rules find in a graph, sorted; `objects` as in `findingsAmid`. */
export function checkGraph(
  graph: SecretGraph,
  objects: readonly PlacedObject[] = graph.objects,
): ObjectFault[] {
  return inOrder(findingsAmid(graph, objects, rules));
}

/**
 * What rules find of some objects of a graph: a rule that looks at each object by itself is shown only
 * these. The other rules see the whole graph, and what they find may be of any object.
 */
export function findingsAmid(
  graph: SecretGraph,
  objects: readonly PlacedObject[],
  only: readonly Rule[],
): ObjectFault[] {
  const local = only.filter(({ isLocal }) => isLocal === true);
  const global = only.filter(({ isLocal }) => isLocal !== true);
  return [...namedFaults({ ...graph, objects }, local), ...namedFaults(graph, global)];
}

function namedFaults(graph: SecretGraph, only: readonly Rule[]): ObjectFault[] {
  return only.flatMap(rule =>
    faultsOf(graph, rule).map(fault => ({ ...fault, id: rule.id, severity: rule.severity })),
  );
}

/** Faults in the order of files, places and rules. */
export function inOrder(faults: readonly ObjectFault[]): ObjectFault[] {
  return sortBy(faults, ({ object, path, id }) =>
    JSON.stringify([object.file, object.path, path, id]),
  );
}

/** The faults of a rule that are not in doubt. */
export function knownFaults(graph: SecretGraph, rule: Rule): readonly RuleFault[] {
  return faultsOf(graph, rule).filter(({ doubt }) => doubt === undefined);
}

/** The faults of a rule, each with its doubt. They are kept, as risks ask again for what lint has found. */
export function faultsOf(graph: SecretGraph, rule: Rule): readonly RuleFault[] {
  const byRule = faultsIn(graph);
  const faults =
    byRule.get(rule) ?? [...rule.check(graph)].map(fault => withDoubt(graph, rule, fault));
  byRule.set(rule, faults);
  return faults;
}

const faultsIn = oncePer((_: SecretGraph) => new Map<Rule, readonly RuleFault[]>());

/** Where not all was read, nothing is absent for sure. */
function withDoubt(graph: SecretGraph, { claimsAbsence }: Rule, fault: RuleFault): RuleFault {
  if (claimsAbsence === undefined || fault.doubt !== undefined) return fault;
  const { object, related = [] } = fault;
  const { kind, namespace, name } = object;
  const absent = fault.absent ?? { namespace };
  // An object whose name another tool fills in stands for several.
  if (absent !== 'itself' && absent.hasOthers !== true && isUnresolved(`${namespace}${name}`))
    return { ...fault, doubt: `what fills in the names of ${kind} "${name}"` };
  const files = [fault, ...related].map(place => place.object.file);
  const doubt =
    claimsAbsence === 'beside' || absent === 'itself'
      ? doubtBeside(graph, files)
      : doubtAbout(graph, absent);
  return doubt === undefined ? fault : { ...fault, doubt };
}
