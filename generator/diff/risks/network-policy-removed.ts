import { groupBy, isSame, mapAt } from '../../core/json.ts';
import { selectsLabels } from '../../kinds/core/pod.ts';
import { chartValues } from '../../kinds/helm/values.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { networkPolicy } from '../../kinds/kubernetes.ts';
import { type Comparison, podLabels, type Removed, removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { namesOf, type Placed, placeOn, type RiskRule, relatedObjects, verb } from '../risk.ts';

export const networkPolicyRemoved: RiskRule = {
  id: 'network-policy-removed',
  level: 'warn',

  *check(comparison) {
    const removed = removedOf(comparison).filter(
      change => /NetworkPolicy$/.test(change.base.kind) && !isRenamed(change),
    );
    const going = removed.map(({ base }) => ({ base, pods: podsLeft(comparison, base) }));
    const lost = going.filter(
      ({ base, pods }) => pods.length > 0 && deletionOf(comparison, base).outcome !== 'kept',
    );
    for (const [{ base, pods }, ...others] of groupBy(
      lost,
      ({ base: { namespace } }) => namespace,
    ).values()) {
      const places = [base, ...others.map(other => other.base)].map(object =>
        placeOn('base', object),
      );
      yield {
        ...placeOn('base', base),
        message: `${namesOf(places)} ${verb(places, 'is', 'are')} removed: nothing of ${verb(places, 'it', 'them')} guards ${namesOf(pods)} any more, unless other policies do`,
        hint: 'Look at which policies are left: pods that none selects may be reached by all, and reach all.',
        related: relatedObjects(places.slice(1), 'base', 'is removed too'),
        outcome: deletionOf(comparison, base).text,
      };
    }
  },
};

function isRenamed({ base, becomes }: Removed): boolean {
  return becomes !== undefined && isSame(specOf(base), specOf(becomes));
}

/** The pods of head that a policy of base is about; for kinds of other groups, those of its namespace. */
function podsLeft({ head }: Comparison, policy: PlacedObject): Placed[] {
  const selector = mapAt(specOf(policy), 'podSelector');
  const charts = head
    .byKind(chartValues)
    .filter(({ namespace }) => policy.namespace === '' || namespace === policy.namespace);
  const pods = head.pods
    .filter(
      pod =>
        (policy.namespace === '' || pod.object.namespace === policy.namespace) &&
        (policy.known !== networkPolicy || selectsLabels(selector, podLabels(pod))),
    )
    .map(({ object }) => object);
  return [...pods, ...charts].map(object => placeOn('head', object));
}
