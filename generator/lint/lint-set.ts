import { graphOf, itemIdentity } from '../graph/graph-of.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { inVersions } from '../graph/versions-here.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { writtenItem } from '../kinds/brought.ts';
import type { Item } from '../kinds/kind.ts';
import type { Versions } from '../kinds/products.ts';
import type { ObjectSet } from '../read/sets/object-set.ts';
import { type Judgement, judge } from './acceptance.ts';
import { checkGraph, type RuleFinding } from './check-graph.ts';
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
export function lintSet(
  set: ObjectSet,
  accept: readonly Entry[],
  { validators, versions = {} }: Held,
): LintResult {
  const { items } = set;
  const graph = inVersions(graphOf(set, validators), versions);
  const own = new Set(items);
  const isOwn = (item: Item): boolean => own.has(writtenItem(item));
  const found = checkGraph(graph, graph.items.filter(isOwn)).filter(({ item }) => isOwn(item));
  const judged = judge(found, items, accept);
  return {
    ...judged,
    open: judged.open.filter(({ doubt }) => doubt === undefined),
    doubts: judged.open.filter(({ doubt }) => doubt !== undefined),
    unresolved: unresolvedNames(graph, own),
    versions: graph.versions,
  };
}

function unresolvedNames({ items, readers }: SecretGraph, own: ReadonlySet<Item>): number {
  const names = items
    .filter(item => own.has(writtenItem(item)) && isUnresolved(`${item.namespace}/${item.name}`))
    .map(itemIdentity);
  const read = readers
    .filter(({ item, secret }) => own.has(writtenItem(item)) && isUnresolved(secret))
    .map(({ secret }) => secret);
  return new Set([...names, ...read]).size;
}
