import { itemIdentity } from '../../../graph/graph-of.ts';
import { findSecret, type Maker, secretId, wholeMakers } from '../../../graph/secret-graph.ts';
import { isGuarded } from '../../../kinds/argocd/sync-options.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import { missedSecrets } from '../facts/lost-secrets.ts';
import { isOwn, readsOf } from '../facts/reads.ts';
import { isUsed } from '../facts/secret-users.ts';
import { relatedItems } from '../places.ts';
import type { RelatedItem, Risk, RiskRule } from '../risk-rule.ts';
import { nameOf, namesOf, verb } from '../words.ts';

export const externalSecretRemoved: RiskRule = {
  id: 'external-secret-removed',
  level: 'high',
  summary: 'An ExternalSecret that owns its Secret is removed or renamed: the Secret goes with it.',
  tells: ['missing-optional'],

  *check(comparison: Comparison) {
    const removed = removedOwners(comparison);
    if (removed.length === 0) return;
    const missed = missedSecrets(comparison);
    for (const secret of removed) {
      // What cannot do without the Secret is the rule secret-lost.
      if (missed.has(secretId(secret.namespace, secret.target))) continue;
      const risk = riskOf(comparison, secret);
      if (risk !== undefined) yield risk;
    }
  },
};

/** An ExternalSecret that owned its Secret, and what its object becomes. */
interface Owner extends ExternalSecret {
  readonly isRemoved: boolean;
  readonly becomes?: Item;
}

/** A namespace that a ClusterExternalSecret leaves loses its ExternalSecret too. */
function removedOwners(comparison: Comparison): Owner[] {
  const { base, head, changes } = comparison;
  const left = new Set(head.externalSecrets.map(identityOf));
  const gone = new Map(
    changes.flatMap(change => (change.what === 'removed' ? [[change.base, change] as const] : [])),
  );
  return base.externalSecrets
    .filter(isOwn(comparison))
    .filter(secret => secret.creationPolicy === 'Owner' && !left.has(identityOf(secret)))
    .map((secret): Owner => {
      const removed = gone.get(secret.item);
      const { becomes } = removed ?? {};
      const isRemoved = removed !== undefined;
      return { ...secret, isRemoved, ...(becomes !== undefined && { becomes }) };
    })
    .filter(({ becomes, item }) => becomes?.name !== item.name);
}

function identityOf({ item, namespace }: ExternalSecret): string {
  return [itemIdentity(item), namespace, ownName(item)].join(' ');
}

function riskOf(comparison: Comparison, owner: Owner): Risk | undefined {
  const { item, isRemoved, becomes } = owner;
  const { effect, level, related } = effectOf(comparison, owner);
  if (effect === undefined) return undefined;
  const isTold = related.some(other => other.item === becomes);
  const renamed =
    becomes === undefined || isTold ? [] : relatedItems([placeOf(becomes)], 'head', 'the new one');
  return {
    ...placeOf(item),
    side: 'base',
    ...(level !== undefined && { level }),
    message: `${subject(owner)}: ${effect}`,
    hint: 'Set creationPolicy: Orphan and let that sync; remove or rename it in a later change.',
    related: [...renamed, ...related],
    ...(isRemoved && { outcome: deletionOf(comparison, item).text }),
  };
}

function placeOf(item: Item): { item: Item; path: string[] } {
  return { item, path: ['metadata', 'name'] };
}

function subject({ item, isRemoved, becomes, namespace }: Owner): string {
  if (becomes !== undefined) return `${nameOf(item)} becomes "${becomes.name}"`;
  if (isRemoved) return `${nameOf(item)} is removed`;
  return `${nameOf(item)} makes no ExternalSecret "${ownName(item)}" in namespace "${namespace}" any more`;
}

interface Effect {
  readonly effect?: string;
  readonly level?: 'warn';
  readonly related: readonly RelatedItem[];
}

function effectOf(comparison: Comparison, owner: Owner): Effect {
  const { namespace, target, item, becomes } = owner;
  const next = wholeMakers(findSecret(comparison.head, namespace, target));
  if (next.length > 0) return takenOver(target, next);
  if (isGuarded(item)) return { related: [] };
  const left = readsOf(comparison.head, namespace, target);
  const related = relatedItems(left, 'head', 'reads it');
  const deleted = `the Secret "${target}" is deleted with it, whatever its deletionPolicy`;
  if (left.length > 0)
    return {
      effect: `${deleted}, and ${namesOf(left)} ${verb(left, 'goes', 'go')} on without it`,
      related,
    };
  if (becomes !== undefined) return { effect: `${deleted}, before the new one is there`, related };
  // Where readers are none of ours, nothing tells that they are gone.
  const isGivenUp =
    readsOf(comparison.base, namespace, target).length > 0 || !isUsed(comparison.base, owner);
  return isGivenUp
    ? { level: 'warn', effect: `${deleted}, and nothing here reads it`, related }
    : { effect: deleted, related };
}

function takenOver(target: string, makers: readonly Maker[]): Effect {
  return {
    effect: `the Secret "${target}" belongs to the old one and is deleted with it, though ${namesOf(makers)} ${verb(makers, 'is', 'are')} to make it now`,
    related: relatedItems(makers, 'head', 'makes it now'),
  };
}
