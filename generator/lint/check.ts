import { groupBy, listAt, mapsIn, sortBy, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import { doubtBeside, doubtOf } from '../graph/doubts.ts';
import { graphOf } from '../graph/graph.ts';
import { inVersions } from '../graph/objects.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/kinds.ts';
import type { Versions } from '../kinds/products.ts';
import type { ObjectSet } from '../world/object-set.ts';
import { type Entry, type Judgement, judge } from './accept.ts';
import type { IsAsked, ObjectFault, Rule, RuleFault } from './rule.ts';
import { rules } from './rules.ts';

export interface LintResult extends Judgement {
  readonly unresolved: number;
  /** How many reads each object has, several of one Secret included; 0: it is of an unknown kind and runs containers. */
  readonly reads: ReadonlyMap<PlacedObject, number>;
  /** Faults about something missing that may be in what was not read: they are counted, not shown. */
  readonly doubts: readonly ObjectFault[];
  readonly versions: Versions;
}

/** The schemas that objects are checked with, and the versions that run, where flags give them. */
export interface Basis {
  readonly validators: Validators;
  readonly versions?: Versions;
}

/** Checks a set once. The result gives, for any part of its objects, what is found and not accepted. */
export function lintParts(
  set: ObjectSet,
  accept: readonly Entry[],
  { validators, versions = {} }: Basis,
  isAsked?: IsAsked,
): (part: readonly PlacedObject[]) => LintResult {
  const graph = inVersions(graphOf(set, validators), versions);
  const inSet = new Set(set.objects);
  const objects = graph.objects.filter(object => inSet.has(writtenObject(object)));
  const faults = findingsAmid(graph, objects, rules, isAsked);
  const found = groupBy(faults, ({ object }) => writtenObject(object));
  const unresolved = unresolvedNames(graph);
  const readers = groupBy(graph.readers, ({ object }) => writtenObject(object));
  const reads = new Map([...readers].map(([object, group]) => [object, group.length]));
  for (const object of objects.map(writtenObject))
    if (!reads.has(object) && isForeignWorkload(object)) reads.set(object, 0);
  return part => {
    const judged = judge(inOrder(part.flatMap(object => found.get(object) ?? [])), part, accept);
    return {
      ...judged,
      open: judged.open.filter(({ doubt }) => doubt === undefined),
      doubts: judged.open.filter(({ doubt }) => doubt !== undefined),
      unresolved: new Set(part.flatMap(object => unresolved.get(object) ?? [])).size,
      reads,
      versions: graph.versions,
    };
  };
}

function isForeignWorkload({ knownKind, json }: PlacedObject): boolean {
  if (knownKind !== undefined) return false;
  return mapsIn(json, []).some(({ map }) =>
    listAt(map, 'containers').some(container => textAt(container, 'image') !== undefined),
  );
}

/** What rules find: a rule that judges each object alone gets only these objects, any other rule the whole graph. */
export function findingsAmid(
  graph: SecretGraph,
  objects: readonly PlacedObject[],
  only: readonly Rule[],
  isAsked?: IsAsked,
): ObjectFault[] {
  const amid = { ...graph, objects: isAsked === undefined ? objects : objects.filter(isAsked) };
  return only.flatMap(rule => {
    const { id, severity, isLocal = false } = rule;
    const faults = faultsOf(isLocal ? amid : graph, rule, isAsked);
    return faults.map(fault => ({ severity, ...fault, id }));
  });
}

/** Faults in the order of files, places and rules. */
export function inOrder(faults: readonly ObjectFault[]): ObjectFault[] {
  return sortBy(faults, ({ object, path, id }) =>
    JSON.stringify([object.file, object.path, path, id]),
  );
}

/** The faults of a rule that are not in doubt. */
export function knownFaults(graph: SecretGraph, rule: Rule): RuleFault[] {
  return faultsOf(graph, rule).filter(({ doubt }) => doubt === undefined);
}

/** The faults of a rule, each with its doubt. They are kept, as risks ask again for what lint has found. */
export function faultsOf(
  graph: SecretGraph,
  rule: Rule,
  isAsked: IsAsked = isEachAsked,
): readonly RuleFault[] {
  return faultsIn(graph)(rule)(isAsked);
}

const isEachAsked: IsAsked = () => true;

const faultsIn = oncePer((graph: SecretGraph) =>
  oncePer((rule: Rule) =>
    oncePer((isAsked: IsAsked) =>
      [...rule.check(graph, isAsked)].map(fault => withDoubt(graph, rule, fault)),
    ),
  ),
);

/** A claim that something is absent gets a doubt where not all was read. */
function withDoubt(graph: SecretGraph, { claimsAbsence }: Rule, fault: RuleFault): RuleFault {
  if (claimsAbsence === undefined || fault.doubt !== undefined) return fault;
  const { object, related = [] } = fault;
  const { kind, namespace, name } = object;
  const absent = fault.absent ?? { namespace };
  // An object whose name another tool fills in stands for several.
  if (absent !== 'itself' && absent.hasOthers !== true && isUnresolved(`${namespace}${name}`))
    return { ...fault, doubt: `what fills in the names of ${kind} "${name}"` };
  const files = [fault, ...related].map(place => place.object.file);
  if (claimsAbsence === 'beside' || absent === 'itself') {
    const doubt = doubtBeside(graph, files);
    return doubt === undefined ? fault : { ...fault, doubt };
  }
  const doubt = doubtOf(graph, absent);
  if (doubt === undefined) return fault;
  if (doubt.slip === undefined) return { ...fault, doubt: doubt.what };
  const message = `${fault.message}, unless ${doubt.what} makes it`;
  return { ...fault, severity: 'warning', message };
}

function unresolvedNames({ objects, readers }: SecretGraph): Map<PlacedObject, string[]> {
  const ofObjects = objects
    .filter(({ namespace, name }) => isUnresolved(`${namespace}/${name}`))
    .map(object => ({ object, name: objectIdentity(object) }));
  const ofReaders = readers
    .filter(({ secret }) => isUnresolved(secret))
    .map(({ object, secret }) => ({ object, name: secret }));
  const byObject = groupBy([...ofObjects, ...ofReaders], ({ object }) => writtenObject(object));
  return new Map([...byObject].map(([object, found]) => [object, found.map(({ name }) => name)]));
}
