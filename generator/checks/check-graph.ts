import type { SecretGraph } from '../graph/secret-graph.ts';
import type { Rule, Violation } from './rule.ts';
import { rules } from './rules.ts';

/** A violation with the rule that it breaks. */
export interface RuleFinding extends Violation {
  readonly rule: Rule;
}

/** Everything that the rules find in a graph, in the order of files, places and rules. */
export function checkGraph(graph: SecretGraph, only: readonly Rule[] = rules): RuleFinding[] {
  const found = only.flatMap(rule =>
    [...rule.check(graph)].map(violation => ({ ...violation, rule })),
  );
  return found.sort(byPlace);
}

function byPlace(a: RuleFinding, b: RuleFinding): number {
  const keyOf = ({ item, path, rule }: RuleFinding): string =>
    JSON.stringify([item.file, item.path, path, rule.id]);
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
