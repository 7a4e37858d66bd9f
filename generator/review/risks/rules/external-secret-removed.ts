import { itemIdentity } from '../../../graph/graph-of.ts';
import { findSecret, type Maker, secretId, wholeMakers } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { isGuarded } from '../../../kinds/argocd/sync-options.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import { missedSecrets } from '../facts/lost-secrets.ts';
import { isOwn, readsOf } from '../facts/reads.ts';
import { isUsed } from '../facts/secret-users.ts';
import { firstPlaces, relatedItems } from '../places.ts';
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
    // What cannot do without the Secret is the rule secret-lost.
    const owners = removed.filter(
      ({ namespace, target }) => !missed.has(secretId(namespace, target)),
    );
    const unread = owners.filter(owner => isGivenUp(comparison, owner));
    const together = groupBy(unread, ({ namespace, item }) =>
      JSON.stringify([namespace, deletionOf(comparison, item).text]),
    );
    for (const group of together.values()) yield* givenUp(comparison, group);
    for (const owner of owners) {
      const risk = unread.includes(owner) ? undefined : riskOf(comparison, owner);
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
  // What finds it by a label, or has its name in a field that is not known, may still read it.
  return isUsed(comparison.head, owner)
    ? { effect: deleted, related }
    : { level: 'warn', effect: `${deleted}, and nothing here reads it`, related };
}

/** An object that goes, with a Secret that nothing here reads any more and nothing else makes. */
function isGivenUp(comparison: Comparison, owner: Owner): boolean {
  const { namespace, target, item, isRemoved, becomes } = owner;
  const next = wholeMakers(findSecret(comparison.head, namespace, target));
  const isLeft = becomes !== undefined || next.length > 0 || isGuarded(item);
  return isRemoved && !isLeft && !isUsed(comparison.head, owner);
}

/** An application that goes as a whole is one matter, however many Secrets it has. */
function* givenUp(comparison: Comparison, owners: readonly Owner[]): Iterable<Risk> {
  const places = firstPlaces(owners.map(({ item }) => placeOf(item)));
  const [first, ...others] = places;
  if (first === undefined) return;
  const targets = [...new Set(owners.map(({ target }) => target))].sort();
  const [secret = ''] = targets;
  const them =
    targets.length === 1
      ? `the Secret "${secret}" is deleted with it, and nothing here reads it`
      : `their ${targets.length} Secrets are deleted with them, and nothing here reads those`;
  yield {
    ...first,
    side: 'base',
    level: 'warn',
    message: `${namesOf(places)} ${verb(places, 'is', 'are')} removed: ${them}`,
    hint: 'Nothing, if that is meant; else set creationPolicy: Orphan and let that sync first.',
    related: relatedItems(others, 'base', 'is removed too'),
    outcome: deletionOf(comparison, first.item).text,
  };
}

function takenOver(target: string, makers: readonly Maker[]): Effect {
  return {
    effect: `the Secret "${target}" belongs to the old one and is deleted with it, though ${namesOf(makers)} ${verb(makers, 'is', 'are')} to make it now`,
    related: relatedItems(makers, 'head', 'makes it now'),
  };
}
