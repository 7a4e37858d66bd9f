import { groupBy } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import type { Validators } from '../core/schema.ts';
import { graphOf, objectIdentity } from '../graph/graph.ts';
import { inVersions } from '../graph/objects.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/placed-object.ts';
import type { Versions } from '../kinds/products.ts';
import type { ObjectSet } from '../world/object-set.ts';
import { type Entry, type Judgement, judge } from './accept.ts';
import { checkGraph, inOrder } from './check-graph.ts';
import type { ObjectFault } from './rule.ts';

/** What checking a set gave. */
export interface LintResult extends Judgement {
  /** How many names another tool fills in later, as Flux does with `${VAR}`. */
  readonly unresolved: number;
  /** Faults that something is missing which may be in what was not read: they are only counted. */
  readonly doubts: readonly ObjectFault[];
  readonly versions: Versions;
}

/** The schemas that objects are held against, and the versions that run, where those are told. */
export interface Held {
  readonly validators: Validators;
  readonly versions?: Versions;
}

/** Checks a set, and takes away what is accepted. */
export function lintSet(set: ObjectSet, accept: readonly Entry[], held: Held): LintResult {
  return lintParts(set, accept, held)(set.objects);
}

/** Checks a set once; then gives the result for any part of its objects. */
export function lintParts(
  set: ObjectSet,
  accept: readonly Entry[],
  { validators, versions = {} }: Held,
): (part: readonly PlacedObject[]) => LintResult {
  const graph = inVersions(graphOf(set, validators), versions);
  const inSet = new Set(set.objects);
  const objects = graph.objects.filter(object => inSet.has(writtenObject(object)));
  const found = groupBy(checkGraph(graph, objects), ({ object }) => writtenObject(object));
  const unresolved = unresolvedNames(graph);
  return part => {
    const judged = judge(inOrder(part.flatMap(object => found.get(object) ?? [])), part, accept);
    return {
      ...judged,
      open: judged.open.filter(({ doubt }) => doubt === undefined),
      doubts: judged.open.filter(({ doubt }) => doubt !== undefined),
      unresolved: new Set(part.flatMap(object => unresolved.get(object) ?? [])).size,
      versions: graph.versions,
    };
  };
}

/** The names that another tool fills in later, by the objects that have them or read a Secret of such a name. */
function unresolvedNames({ objects, readers }: SecretGraph): Map<PlacedObject, string[]> {
  const names = [
    ...objects.map(object => ({
      object,
      name: objectIdentity(object),
      text: `${object.namespace}/${object.name}`,
    })),
    ...readers.map(({ object, secret }) => ({ object, name: secret, text: secret })),
  ].filter(({ text }) => isUnresolved(text));
  const byObject = groupBy(names, ({ object }) => writtenObject(object));
  return new Map([...byObject].map(([object, found]) => [object, found.map(({ name }) => name)]));
}
