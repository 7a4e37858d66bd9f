import { graphOf, itemIdentity } from '../graph/graph-of.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { inVersions } from '../graph/versions-here.ts';
import { groupBy } from '../ground/group-by.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { writtenItem } from '../kinds/brought.ts';
import type { Item } from '../kinds/kind.ts';
import type { Versions } from '../kinds/products.ts';
import type { ObjectSet } from '../read/sets/object-set.ts';
import { type Judgement, judge } from './acceptance.ts';
import { checkGraph, inOrder, type RuleFinding } from './check-graph.ts';
import type { Entry } from './entry.ts';

/** What checking a set gave. */
export interface LintResult extends Judgement {
  /** Names that another tool fills in later, as Flux does with `${VAR}`. */
  readonly unresolved: number;
  /** Findings that something is not there, which may be in what was not read: they are counted. */
  readonly doubts: readonly RuleFinding[];
  /** The versions that it was held by. */
  readonly versions: Versions;
}

/** What objects are held by. */
export interface Held {
  readonly validators: Validators;
  /** The versions that run, where they are told. */
  readonly versions?: Versions;
}

/** Checks the secret flow of a set, and takes away what is accepted. */
export function lintSet(set: ObjectSet, accept: readonly Entry[], held: Held): LintResult {
  return lintParts(set, accept, held)(set.items);
}

/** Checks the secret flow of a set once; then tells what of it is of some of its objects. */
export function lintParts(
  set: ObjectSet,
  accept: readonly Entry[],
  { validators, versions = {} }: Held,
): (part: readonly Item[]) => LintResult {
  const graph = inVersions(graphOf(set, validators), versions);
  const own = new Set(set.items);
  const isOwn = (item: Item): boolean => own.has(writtenItem(item));
  const found = groupBy(checkGraph(graph, graph.items.filter(isOwn)), ({ item }) =>
    writtenItem(item),
  );
  const unresolved = unresolvedNames(graph);
  return part => {
    const judged = judge(inOrder(part.flatMap(item => found.get(item) ?? [])), part, accept);
    return {
      ...judged,
      open: judged.open.filter(({ doubt }) => doubt === undefined),
      doubts: judged.open.filter(({ doubt }) => doubt !== undefined),
      unresolved: new Set(part.flatMap(item => unresolved.get(item) ?? [])).size,
      versions: graph.versions,
    };
  };
}

/** The names that another tool fills in later, by the objects that have them or read what is called so. */
function unresolvedNames({ items, readers }: SecretGraph): Map<Item, string[]> {
  const names = [
    ...items.map(item => ({
      item,
      name: itemIdentity(item),
      text: `${item.namespace}/${item.name}`,
    })),
    ...readers.map(({ item, secret }) => ({ item, name: secret, text: secret })),
  ].filter(({ text }) => isUnresolved(text));
  const byItem = groupBy(names, ({ item }) => writtenItem(item));
  return new Map([...byItem].map(([item, own]) => [item, own.map(({ name }) => name)]));
}
