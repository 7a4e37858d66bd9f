import { groupBy, isSame, mapAt } from '../../core/json.ts';
import { selectsLabels } from '../../kinds/core/pod.ts';
import { chartValues } from '../../kinds/helm/values.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { networkPolicy } from '../../kinds/kubernetes.ts';
import { goingOf } from '../appliers.ts';
import { type Diff, podLabels } from '../diff.ts';
import { namesOf, placeOn, type RiskRule, relatedObjects, verb, warn } from '../risk.ts';

export const networkPolicyRemoved: RiskRule = warn('network-policy-removed', function* (diff) {
  const lost = goingOf(diff).flatMap(({ base, becomes }) => {
    const isRenamed = becomes !== undefined && isSame(specOf(base), specOf(becomes));
    if (!/NetworkPolicy$/.test(base.kind) || isRenamed) return [];
    const pods = podsLeft(diff, base);
    return pods.length > 0 ? [{ ...placeOn('base', base), pods }] : [];
  });
  for (const places of groupBy(lost, ({ object }) => object.namespace).values()) {
    const [{ object, pods }, ...others] = places;
    yield {
      ...placeOn('base', object),
      message: `${namesOf(places, 'is', 'are')} removed: nothing of ${verb(places, 'it', 'them')} guards ${namesOf(pods)} any more, unless other policies do`,
      hint: 'Look at which policies are left: pods that none selects may be reached by all, and reach all.',
      related: relatedObjects(others, 'base', 'is removed too'),
    };
  }
});

function podsLeft({ head }: Diff, policy: PlacedObject) {
  const selector = mapAt(specOf(policy), 'podSelector');
  const pods = head.pods
    .filter(pod => policy.knownKind !== networkPolicy || selectsLabels(selector, podLabels(pod)))
    .map(({ object }) => object);
  return [...pods, ...head.byKind(chartValues)].filter(({ namespace }) =>
    ['', namespace].includes(policy.namespace),
  );
}
