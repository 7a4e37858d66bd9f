import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { judge } from '../../lint/acceptance.ts';
import { findingsAmid, inOrder, type RuleFinding } from '../../lint/check-graph.ts';
import type { Entry } from '../../lint/entry.ts';
import type { Rule } from '../../lint/rule.ts';
import { rules } from '../../lint/rules.ts';
import type { Sides } from './compare.ts';
import type { Comparison } from './comparison.ts';
import { lastingKey, partnersOf } from './former.ts';

/** What lint says of head and did not say of base. */
interface NewFindings {
  readonly findings: readonly RuleFinding[];
  /** What would be a finding if all had been read that may make what is missing. */
  readonly doubted: readonly RuleFinding[];
}

/**
 * What lint finds on head and did not find on base: the same message about the same object is the
 * same finding, also when the object has another name or namespace now. Base is asked only about what head has.
 */
export function newFindings(
  comparison: Comparison,
  { base, head }: Sides,
  accept: readonly Entry[],
): NewFindings {
  const touched = comparison.changes.flatMap(change =>
    change.what === 'removed' ? [] : [change.head],
  );
  const found = findingsIn(comparison.head, rules, { own: comparison.own, touched });
  if (found.length === 0) return { findings: [], doubted: [] };
  const fired = [...new Set(found.map(({ rule }) => rule))];
  const before = findingsIn(comparison.base, fired, { own: comparison.own, touched: base.objects });
  const partners = partnersOf(comparison);
  const keyOf = ({ rule, object, message }: RuleFinding): string =>
    `${rule.id} ${lastingKey(message, object, partners)}`;
  const known = new Set(before.map(keyOf));
  const fresh = found.filter(finding => !known.has(keyOf(finding)));
  const sure = fresh.filter(({ doubt }) => doubt === undefined);
  return {
    findings: sure.length === 0 ? [] : inOrder(judge(sure, head.objects, accept).open),
    doubted: fresh.filter(({ doubt }) => doubt !== undefined),
  };
}

/** A rule that looks at each object by itself finds nothing new in one that has not changed. */
function findingsIn(
  graph: SecretGraph,
  wanted: readonly Rule[],
  {
    own,
    touched,
  }: { readonly own: ReadonlySet<PlacedObject>; readonly touched: readonly PlacedObject[] },
): RuleFinding[] {
  return findingsAmid(graph, touched, wanted).filter(({ object }) => own.has(object));
}
