import { groupBy } from '../../core/json.ts';
import { findSecret, secretId, wholeMakers } from '../../graph/secret-graph.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { ownName } from '../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf } from '../appliers.ts';
import { type Diff, removedOf } from '../diff.ts';
import { newOne } from '../facts/claims.ts';
import { missedSecrets, readsOf } from '../facts/losses.ts';
import { isAppliedTogether, isCompared } from '../facts/moves.ts';
import { externalIdentity, isUsed } from '../facts/secrets.ts';
import type { Risk, RiskRule } from '../risk.ts';
import { firstPlaces, high, nameOf, namesOf, placeOn, relatedObjects } from '../risk.ts';

export const externalSecretRemoved: RiskRule = high('external-secret-removed', function* (diff) {
  const missed = missedSecrets(diff);
  // The rule secret-lost reports what cannot do without the Secret.
  const owners = removedOwners(diff).filter(
    owner => !missed.has(secretId(owner.namespace, owner.target)),
  );
  const effects = owners.flatMap(owner => effectOf(diff, owner) ?? []);
  const unread = effects.filter(({ owner, isUnread }) => isUnread && owner.isRemoved);
  const together = groupBy(
    unread.map(({ owner }) => owner),
    ({ namespace, object }) => JSON.stringify([namespace, deletionOf(diff, object).text]),
  );
  for (const group of together.values()) yield givenUp(group);
  for (const effect of effects) if (!unread.includes(effect)) yield riskOf(effect);
}).inPlaceOf('missing-optional');

type RemovedOwner = ReturnType<typeof removedOwners>[number];

/** The ExternalSecrets that go, also from a namespace that their ClusterExternalSecret no longer selects. */
function removedOwners(diff: Diff) {
  const headIds = new Set(diff.head.externalSecrets.map(externalIdentity));
  const removed = new Map(removedOf(diff).map(change => [change.base, change]));
  return diff.base.externalSecrets
    .filter(isCompared(diff))
    .filter(secret => secret.creationPolicy === 'Owner' && !headIds.has(externalIdentity(secret)))
    .map(secret => {
      const change = removed.get(secret.object);
      return { ...secret, isRemoved: change !== undefined, becomes: change?.becomes };
    })
    .filter(({ becomes, object }) => becomes?.name !== object.name);
}

function riskOf({ owner, text, isMild, isUnread, related }: Effect): Risk {
  const { object, becomes } = owner;
  const renamed = related.some(({ object }) => object === becomes) ? [] : newOne(becomes);
  return {
    ...placeOn('base', object),
    ...((isMild || isUnread) && { level: 'warn' }),
    message: `${subject(owner)}: ${text}`,
    hint: 'Set creationPolicy: Orphan and let that sync; remove or rename it in a later change.',
    related: [...renamed, ...related],
  };
}

function subject({ object, isRemoved, becomes, namespace }: RemovedOwner): string {
  if (becomes !== undefined) return `${nameOf(object)} becomes "${becomes.name}"`;
  if (isRemoved) return `${nameOf(object)} is removed`;
  return `${nameOf(object)} makes no ExternalSecret "${ownName(object)}" in namespace "${namespace}" any more`;
}

interface Effect extends Required<Pick<Risk, 'related'>> {
  readonly owner: RemovedOwner;
  readonly text: string;
  readonly isMild?: boolean;
  readonly isUnread?: boolean;
}

function effectOf(diff: Diff, owner: RemovedOwner): Effect | undefined {
  const { object, namespace, target, isRemoved, becomes } = owner;
  const next = wholeMakers(findSecret(diff.head, namespace, target));
  const isKept = isGuarded(object) || (isRemoved && deletionOf(diff, object).outcome === 'kept');
  if (next.length > 0)
    return {
      owner,
      text: `the Secret "${target}" belongs to the old one${isKept ? ', which stays' : ' and is deleted with it'}, though ${namesOf(next, 'is', 'are')} to make it now`,
      related: relatedObjects(next, 'head', 'makes it now'),
    };
  if (isKept) return undefined;
  const left = readsOf(diff.head, namespace, target);
  const related = relatedObjects(left, 'head', 'reads it');
  const text = `the Secret "${target}" is deleted with it, whatever its deletionPolicy`;
  if (left.length > 0)
    return { owner, text: `${text}, and ${namesOf(left, 'goes', 'go')} on without it`, related };
  const before = `${text}, before the new one is there`;
  if (becomes !== undefined)
    return { owner, text: before, related, isMild: isFollowed(diff, becomes) };
  // Something may still find it by a label, or name it in a field that is not known.
  return isUsed(diff.head, owner)
    ? { owner, text, related }
    : { owner, text: `${text}, and nothing here reads it`, related, isUnread: true };
}

function isFollowed(diff: Diff, becomes: PlacedObject): boolean {
  const made = diff.head.externalSecrets.filter(({ object }) => object === becomes);
  const readers = made.flatMap(({ namespace, target }) => readsOf(diff.head, namespace, target));
  return readers.length > 0 && isAppliedTogether(diff, becomes, readers);
}

function givenUp(owners: readonly [RemovedOwner, ...RemovedOwner[]]): Risk {
  const places = owners.map(({ object }) => placeOn('base', object));
  const [first = placeOn('base', owners[0].object), ...others] = firstPlaces(places);
  const targets = new Set(owners.map(({ target }) => target));
  const them =
    targets.size === 1
      ? `the Secret "${owners[0].target}" is deleted with it, and nothing here reads it`
      : `their ${targets.size} Secrets are deleted with them, and nothing here reads those`;
  return {
    ...first,
    level: 'warn',
    message: `${namesOf(places, 'is', 'are')} removed: ${them}`,
    hint: 'Nothing, if that is meant; else set creationPolicy: Orphan and let that sync first.',
    related: relatedObjects(others, 'base', 'is removed too'),
  };
}
