import { sortBy } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { type Absent, doubtAbout, doubtBeside } from '../graph/doubts.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { ObjectFault, Rule, RuleFault } from './rule.ts';
import { rules } from './rules.ts';

/**
 * Everything that the rules find in a graph, in the order of files, places and rules. Where only some
 * objects are asked about, what is found may be of others too.
 */
export function checkGraph(
  graph: SecretGraph,
  objects: readonly PlacedObject[] = graph.objects,
): ObjectFault[] {
  return inOrder(findingsAmid(graph, objects, rules));
}

/**
 * What rules find of some objects amid the others: those that look at each object by itself look at no
 * other. What the others find may be of any.
 */
export function findingsAmid(
  graph: SecretGraph,
  objects: readonly PlacedObject[],
  only: readonly Rule[],
): ObjectFault[] {
  const local = only.filter(({ isLocal }) => isLocal === true);
  const global = only.filter(({ isLocal }) => isLocal !== true);
  return [...findingsOf({ ...graph, objects }, local), ...findingsOf(graph, global)];
}

/** The same, rule by rule. */
function findingsOf(graph: SecretGraph, only: readonly Rule[]): ObjectFault[] {
  return only.flatMap(rule =>
    faultsOf(graph, rule).map(fault => ({ ...fault, id: rule.id, severity: rule.severity })),
  );
}

/** Findings in the order of files, places and rules. */
export function inOrder(findings: readonly ObjectFault[]): ObjectFault[] {
  return sortBy(findings, ({ object, path, id }) =>
    JSON.stringify([object.file, object.path, path, id]),
  );
}

/** What a rule finds in a graph and is known for sure. */
export function knownFaults(graph: SecretGraph, rule: Rule): readonly RuleFault[] {
  return faultsOf(graph, rule).filter(({ doubt }) => doubt === undefined);
}

/** What a rule finds in a graph, and what of it is in doubt. Risks ask again for what lint has found. */
export function faultsOf(graph: SecretGraph, rule: Rule): readonly RuleFault[] {
  const found = faultsIn(graph);
  const known = found.get(rule) ?? [...rule.check(graph)].map(fault => doubted(graph, rule, fault));
  found.set(rule, known);
  return known;
}

/** Where not all was read, nothing is absent for sure. */
function doubted(graph: SecretGraph, { claimsAbsence }: Rule, fault: RuleFault): RuleFault {
  if (claimsAbsence === undefined || fault.doubt !== undefined) return fault;
  const { object, absent = besides(object), related = [] } = fault;
  if (absent !== 'itself' && absent.hasOthers !== true && isFilledIn(object))
    return { ...fault, doubt: filling(object) };
  const files = [object, ...related.map(({ object: other }) => other)].map(({ file }) => file);
  const doubt =
    claimsAbsence === 'beside' || absent === 'itself'
      ? doubtBeside(graph, files)
      : doubtAbout(graph, absent);
  return doubt === undefined ? fault : { ...fault, doubt };
}

function besides({ namespace }: PlacedObject): Absent {
  return { namespace };
}

/** Whether another tool fills in the name of an object: it is a form for several. */
function isFilledIn({ namespace, name }: PlacedObject): boolean {
  return isUnresolved(`${namespace}${name}`);
}

/** What may make what such an object lacks. */
function filling({ kind, name }: PlacedObject): string {
  return `what fills in the names of ${kind} "${name}"`;
}

const faultsIn = oncePer((_: SecretGraph) => new Map<Rule, readonly RuleFault[]>());
