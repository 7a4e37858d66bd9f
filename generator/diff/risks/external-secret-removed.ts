import { groupBy } from '../../core/json.ts';
import { findSecret, secretId, wholeMakers } from '../../graph/secret-graph.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { ownName } from '../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Comparison } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { newOne } from '../facts/claims.ts';
import { missedSecrets, readsOf } from '../facts/losses.ts';
import { isAppliedTogether } from '../facts/moves.ts';
import { isUsed, type RemovedOwner, removedOwners } from '../facts/secrets.ts';
import {
  firstPlaces,
  high,
  nameOf,
  namesOf,
  placeOn,
  type RelatedObject,
  type Risk,
  type RiskRule,
  relatedObjects,
} from '../risk.ts';

export const externalSecretRemoved: RiskRule = high(
  'external-secret-removed',
  function* (comparison) {
    const removed = removedOwners(comparison);
    if (removed.length === 0) return;
    const missed = missedSecrets(comparison);
    // The rule secret-lost reports what cannot do without the Secret.
    const owners = removed.filter(
      ({ namespace, target }) => !missed.has(secretId(namespace, target)),
    );
    const unread = owners.filter(owner => isGivenUp(comparison, owner));
    const together = groupBy(unread, ({ namespace, object }) =>
      JSON.stringify([namespace, deletionOf(comparison, object).text]),
    );
    for (const group of together.values()) yield* givenUp(comparison, group);
    for (const owner of owners) if (!unread.includes(owner)) yield* risksOf(comparison, owner);
  },
  'missing-optional',
);

function* risksOf(comparison: Comparison, owner: RemovedOwner): Iterable<Risk> {
  const { object, isRemoved, becomes } = owner;
  const effect = effectOf(comparison, owner);
  if (effect === undefined) return;
  const { text, level, related } = effect;
  const renamed = related.some(({ object }) => object === becomes) ? [] : newOne(becomes);
  yield {
    ...placeOn('base', object),
    ...(level !== undefined && { level }),
    message: `${subject(owner)}: ${text}`,
    hint: 'Set creationPolicy: Orphan and let that sync; remove or rename it in a later change.',
    related: [...renamed, ...related],
    ...(isRemoved && { outcome: deletionOf(comparison, object).text }),
  };
}

function subject({ object, isRemoved, becomes, namespace }: RemovedOwner): string {
  if (becomes !== undefined) return `${nameOf(object)} becomes "${becomes.name}"`;
  if (isRemoved) return `${nameOf(object)} is removed`;
  return `${nameOf(object)} makes no ExternalSecret "${ownName(object)}" in namespace "${namespace}" any more`;
}

interface Effect {
  readonly text: string;
  readonly level?: 'warn';
  readonly related: readonly RelatedObject[];
}

function effectOf(comparison: Comparison, owner: RemovedOwner): Effect | undefined {
  const { namespace, target, becomes } = owner;
  const next = wholeMakers(findSecret(comparison.head, namespace, target));
  const isKept = isStaying(comparison, owner);
  if (next.length > 0)
    return {
      text: `the Secret "${target}" belongs to the old one${isKept ? ', which stays' : ' and is deleted with it'}, though ${namesOf(next, 'is', 'are')} to make it now`,
      related: relatedObjects(next, 'head', 'makes it now'),
    };
  if (isKept) return undefined;
  const left = readsOf(comparison.head, namespace, target);
  const related = relatedObjects(left, 'head', 'reads it');
  const text = `the Secret "${target}" is deleted with it, whatever its deletionPolicy`;
  if (left.length > 0)
    return { text: `${text}, and ${namesOf(left, 'goes', 'go')} on without it`, related };
  if (becomes !== undefined)
    return {
      text: `${text}, before the new one is there`,
      related,
      ...(isFollowed(comparison, becomes) && { level: 'warn' }),
    };
  // Something may still find it by a label, or name it in a field that is not known.
  return isUsed(comparison.head, owner)
    ? { text, related }
    : { level: 'warn', text: `${text}, and nothing here reads it`, related };
}

function isFollowed(comparison: Comparison, becomes: PlacedObject): boolean {
  const { head } = comparison;
  const made = head.externalSecrets.filter(({ object }) => object === becomes);
  const readers = made.flatMap(({ namespace, target }) => readsOf(head, namespace, target));
  const objects = readers.map(({ object }) => object);
  return objects.length > 0 && isAppliedTogether(comparison, becomes, objects);
}

function isStaying(comparison: Comparison, { object, isRemoved }: RemovedOwner): boolean {
  return isGuarded(object) || (isRemoved && deletionOf(comparison, object).outcome === 'kept');
}

function isGivenUp(comparison: Comparison, owner: RemovedOwner): boolean {
  const { namespace, target, isRemoved, becomes } = owner;
  const next = wholeMakers(findSecret(comparison.head, namespace, target));
  const isLeft = becomes !== undefined || next.length > 0 || isStaying(comparison, owner);
  return isRemoved && !isLeft && !isUsed(comparison.head, owner);
}

function* givenUp(comparison: Comparison, owners: readonly RemovedOwner[]): Iterable<Risk> {
  const places = firstPlaces(owners.map(({ object }) => placeOn('base', object)));
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
    level: 'warn',
    message: `${namesOf(places, 'is', 'are')} removed: ${them}`,
    hint: 'Nothing, if that is meant; else set creationPolicy: Orphan and let that sync first.',
    related: relatedObjects(others, 'base', 'is removed too'),
    outcome: deletionOf(comparison, first.object).text,
  };
}
