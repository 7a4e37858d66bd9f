import { valueAt } from '../../core/json.ts';
import { appliedByApplication } from '../../kinds/argocd/application.ts';
import { cascadeOf, isDeletingUnlisted } from '../../kinds/argocd/application-set.ts';
import { APPLICATIONS, destinationOf } from '../../kinds/argocd/sync-order.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf, isKept, unmadeApplications } from '../appliers.ts';
import { type Diff, removedOf } from '../diff.ts';
import { anewLevel, type Gone, goneWith, lossLevel, newOne, relatedGone } from '../facts/claims.ts';
import type { Level, RelatedObject, Risk, RiskRule } from '../risk.ts';
import { block, nameOf, namesOf, placeOn, relatedObjects, worstOf } from '../risk.ts';

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

/** What goes with an Application of base. If nothing of it was read, the databases in its namespace. */
function goingWith(diff: Diff, application: PlacedObject) {
  const gone = goneWith(diff, application, object => isKept(object, application));
  const related = relatedGone(gone);
  const lost = gone.data.length > 0 ? `, with the data of ${namesOf(gone.data)}` : '';
  return {
    level: levelOf(diff, application, gone),
    more: `${lost}${gone.remade.length > 0 ? ', also what is applied by another one now' : ''}`,
    related: related.length > 0 ? related : clustersNear(diff, application),
    isCompared: gone.all.some(object => diff.compared.has(object)),
  };
}

/** If all of it was read and none keeps data, no data is lost. An unknown operator may keep data. */
function levelOf({ base }: Diff, application: PlacedObject, gone: Gone): Level {
  const { all } = gone;
  const unknowns = application.knownKind?.applies?.unknowns?.(application, base.find) ?? [];
  if (all.length === 0 || unknowns.length > 0) return 'block';
  if (gone.emptied.length + gone.data.length > 0)
    return worstOf([anewLevel(base, gone.emptied), lossLevel(base, gone.data)]);
  const isOfUnknownOperator = ({ knownKind, group }: PlacedObject): boolean =>
    knownKind === undefined && group.includes('.') && !group.endsWith('.k8s.io');
  return gone.remade.length > 0 || all.some(isOfUnknownOperator) ? 'high' : 'warn';
}

function clustersNear({ base }: Diff, application: PlacedObject): RelatedObject[] {
  const namespace = destinationOf(application);
  const near = base.byKind(cnpgCluster).filter(cluster => cluster.namespace === namespace);
  const managed = near.filter(cluster => !isKept(cluster, application));
  return relatedObjects(managed, 'base', 'goes with it, and its volumes too');
}
