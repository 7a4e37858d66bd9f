import { buildGraph } from '../graph/build-graph.ts';
import type { Item } from '../graph/item.ts';
import type { Outside, SecretGraph } from '../graph/secret-graph.ts';
import { isUnresolved } from '../graph/unresolved.ts';
import type { Validators } from '../objects/schema-check.ts';
import { type Judgement, judge } from './acceptance.ts';
import { checkGraph } from './check-graph.ts';
import type { Entry } from './entry.ts';

/** Objects that are checked together, as one cluster will have them. */
export interface ObjectSet {
  readonly items: readonly Item[];
  /** Objects that are there too and are checked elsewhere; the set's own go before them. */
  readonly context: readonly Item[];
  readonly outside: Outside;
}

/** What checking a set gave. */
export interface LintResult extends Judgement {
  /** Names that another tool fills in later, as Flux does with `${VAR}`. */
  readonly unresolved: number;
}

/** Checks the secret flow of a set, and takes away what is accepted. */
export function lintSet(
  { items, context, outside }: ObjectSet,
  accept: readonly Entry[],
  validators: Validators,
): LintResult {
  const graph = buildGraph(worldOf(items, context), outside, validators);
  const own = new Set(items);
  const found = checkGraph(graph).filter(({ item }) => own.has(item));
  return { ...judge(found, items, accept), unresolved: unresolvedNames(graph, own) };
}

/** The set's own objects, then those of the context that are no other form of them. */
export function worldOf(items: readonly Item[], context: readonly Item[]): readonly Item[] {
  if (context.length === 0) return items;
  const seen = new Set(items.map(identityOf));
  const others = context.filter(item => {
    const identity = identityOf(item);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
  return [...items, ...others];
}

function identityOf({ group, kind, namespace, name }: Item): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

function unresolvedNames({ items, readers }: SecretGraph, own: ReadonlySet<Item>): number {
  const names = items
    .filter(item => own.has(item) && isUnresolved(`${item.namespace}/${item.name}`))
    .map(identityOf);
  const read = readers
    .filter(({ item, secret }) => own.has(item) && isUnresolved(secret))
    .map(({ secret }) => secret);
  return new Set([...names, ...read]).size;
}
