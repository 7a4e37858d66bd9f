import { itemIdentity } from '../../../graph/graph-of.ts';
import { coreNamespace } from '../../../kinds/core/namespace.ts';
import { dependenciesOf } from '../../../kinds/flux/dependencies.ts';
import { fluxKustomization } from '../../../kinds/flux/kustomization.ts';
import { KEEP } from '../../../kinds/flux/pruning.ts';
import type { Item } from '../../../kinds/kind.ts';
import { type Changed, type Comparison, deployerOf } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import { unmadeApplications } from '../../changes/unmade-applications.ts';
import { isHoldingData } from '../facts/kept-data.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';
import { nameOf } from '../words.ts';

export const dataMoved: RiskRule = {
  id: 'data-moved',
  level: 'high',
  summary:
    'Something with data is applied by another one now, and the old one may delete it first.',

  *check(comparison: Comparison) {
    for (const change of comparison.changes)
      if (change.what === 'changed' && change.isMoved) yield* riskOf(comparison, change);
  },
};

function* riskOf(comparison: Comparison, { base, head }: Changed): Iterable<Risk> {
  const [before, after] = [deployerOf(comparison, base), deployerOf(comparison, head)];
  if (before === undefined || after === undefined) return;
  if (!isHoldingData(base, comparison.base.find) || !isStill(comparison, before)) return;
  const { outcome, text } = deletionOf(comparison, base);
  const first = firstOf(comparison, before, after);
  if (outcome !== 'deleted' || first === after) return;
  const isSure = first === before;
  yield {
    ...(isSure && { level: 'block', outcome: text }),
    item: head,
    side: 'head',
    path: ['metadata', 'name'],
    message: `the ${nameOf(head)} goes from ${nameOf(before)} to ${nameOf(after)}: the old one deletes it, with ${dataOf(head)}, ${isSure ? 'before the new one applies it' : 'unless the new one has applied it first'}`,
    hint: hintFor(before),
    related: [
      { item: base, side: 'base', path: ['metadata', 'name'], note: 'applied from here so far' },
    ],
  };
}

function dataOf({ known }: Item): string {
  return known === coreNamespace ? 'all that is in it' : 'its data';
}

/** With one that goes, what it applied is told of. */
function isStill(comparison: Comparison, deployer: Item): boolean {
  const { written } = deployer;
  const id = itemIdentity(deployer);
  if ([...unmadeApplications(comparison).keys()].some(one => itemIdentity(one) === id))
    return false;
  const standing = itemIdentity(written?.by ?? deployer);
  return comparison.head.items.some(item => itemIdentity(item) === standing);
}

/**
 * The one that comes first: one that makes the other, or that the other waits for
 * (docs/facts/flux.md#dependencies); undefined: nobody knows.
 */
function firstOf(comparison: Comparison, before: Item, after: Item): Item | undefined {
  const waiting = (item: Item): boolean => awaited(comparison, item).has(itemIdentity(before));
  if (waiting(after) || isMadeBy(comparison, after, before)) return before;
  return awaited(comparison, before).has(itemIdentity(after)) ? after : undefined;
}

function isMadeBy(comparison: Comparison, made: Item, by: Item): boolean {
  const maker = deployerOf(comparison, made);
  return maker !== undefined && itemIdentity(maker) === itemIdentity(by);
}

/** What a Kustomization of head waits for, and those for in turn. */
function awaited({ head }: Comparison, deployer: Item): Set<string> {
  const found = new Set<string>();
  const open = deployer.known === fluxKustomization ? [deployer] : [];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const now = head.find(fluxKustomization, item.namespace, item.name);
    const others = now === undefined ? [] : dependenciesOf(now);
    for (const { namespace, name } of others) {
      const other = head.find(fluxKustomization, namespace, name);
      if (other === undefined || found.has(itemIdentity(other))) continue;
      found.add(itemIdentity(other));
      open.push(other);
    }
  }
  return found;
}

function hintFor({ known }: Item): string {
  const guard = known === fluxKustomization ? KEEP : 'argocd.argoproj.io/sync-options: Prune=false';
  return `Annotate it with ${guard} in an earlier change, and take that away once it has moved.`;
}
