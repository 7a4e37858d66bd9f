import { valueAt } from '../../core/json.ts';
import { appliedByApplication } from '../../kinds/argocd/application.ts';
import { cascadeOf, isDeletingUnlisted } from '../../kinds/argocd/application-set.ts';
import { APPLICATIONS } from '../../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf, unmadeApplications } from '../appliers.ts';
import { type Diff, removedOf } from '../diff.ts';
import { goingWith, newOne } from '../facts/claims.ts';
import { block, nameOf, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const applicationRemoved: RiskRule = block('application-removed', function* (diff) {
  for (const { base, becomes } of removedOf(diff, ...APPLICATIONS)) {
    const finalizer = cascadeOf(base);
    if (finalizer === undefined) continue;
    const isGuarded = deletionOf(diff, base).outcome === 'kept';
    const { level, more, related } = goingWith(diff, base);
    yield {
      level: isGuarded ? 'warn' : level,
      ...placeOn('base', base),
      message: `the ${nameOf(base)} ${endOf(base, becomes)}, ${isGuarded ? 'and whoever deletes it' : 'and its deletion'} deletes all that it manages${more} (${finalizer})`,
      hint:
        becomes === undefined
          ? 'Remove the finalizer in an earlier change if what it manages is to stay.'
          : 'Remove the finalizer from the old one in an earlier change: else it deletes what the new one takes over.',
      related: [...newOne(becomes, 'what it becomes'), ...related],
    };
  }
  yield* unmadeRisks(diff);
});

function endOf({ name }: PlacedObject, becomes: PlacedObject | undefined): string {
  if (becomes === undefined) return 'is removed';
  return becomes.name === name
    ? `moves to namespace "${becomes.namespace}"`
    : `becomes "${becomes.name}"`;
}

function* unmadeRisks(diff: Diff): Iterable<Risk> {
  for (const [application, { made, set }] of unmadeApplications(diff)) {
    const finalizer = cascadeOf(application);
    if (finalizer === undefined || !isDeletingUnlisted(set)) continue;
    const { level, more, related, isCompared } = goingWith(diff, application);
    if (!isCompared && !diff.compared.has(set)) continue;
    const lost = appliedByApplication(application).find(
      ({ path }) => application.tree?.folders.includes(path) && !set.tree?.folders.includes(path),
    );
    const why = lost ? `, as the folder ${lost.path} is gone` : '';
    // Head may have fewer generators.
    const isOnHead = valueAt(set.json, made.generatorAt) !== undefined;
    yield {
      level,
      ...placeOn('head', set, isOnHead ? made.generatorAt : ['spec', 'generators']),
      cause: application,
      message: `the ApplicationSet "${set.name}" makes no Application "${application.name}" any more${why}, and its deletion deletes all that it manages${more} (${finalizer})`,
      hint: 'Set syncPolicy.preserveResourcesOnDeletion in an earlier change if what is managed is to stay.',
      related,
    };
  }
}
