import { cnpgClusters } from '../../../graph/cnpg-hosts.ts';
import { applicationSet } from '../../../kinds/argocd/application-set.ts';
import { APPLICATIONS, destinationOf } from '../../../kinds/argocd/application-spec.ts';
import { cascadeOf } from '../../../kinds/argocd/cascade.ts';
import {
  isDeletingUnlisted,
  listedApplications,
} from '../../../kinds/argocd/listed-applications.ts';
import type { Item } from '../../../kinds/kind.ts';
import {
  type Changed,
  type Comparison,
  changedOf,
  type Removed,
  removedOf,
} from '../../changes/comparison.ts';
import { deletionOf, isKept } from '../../changes/deletion.ts';
import { goneWith, relatedGone } from '../facts/gone-with.ts';
import { fieldPlace } from '../places.ts';
import type { RelatedItem, Risk, RiskRule } from '../risk-rule.ts';

export const applicationRemoved: RiskRule = {
  id: 'application-removed',
  level: 'block',
  summary: 'An Application of Argo CD goes with the cascade finalizer, and all it manages with it.',

  *check(comparison: Comparison) {
    for (const kind of APPLICATIONS)
      for (const removed of removedOf(comparison, kind)) yield* risksOf(comparison, removed);
    for (const change of changedOf(comparison, applicationSet)) yield* unlistedRisks(change);
  },
};

function* risksOf(comparison: Comparison, removed: Removed): Iterable<Risk> {
  const { base, becomes } = removed;
  const finalizer = cascadeOf(base);
  if (finalizer === undefined) return;
  const { outcome, text } = deletionOf(comparison, base);
  const isGuarded = outcome === 'kept';
  yield {
    ...(isGuarded && { level: 'warn' }),
    item: base,
    side: 'base',
    path: ['metadata', 'name'],
    message: `${whatOf(removed)}, ${isGuarded ? 'and whoever deletes it' : 'and its deletion'} deletes all that it manages (${finalizer})`,
    hint:
      becomes === undefined
        ? 'Remove the finalizer in an earlier change if what it manages is to stay.'
        : 'Remove the finalizer from the old one in an earlier change: else it deletes what the new one takes over.',
    outcome: text,
    related: [...successor(removed), ...goingWith(comparison, removed)],
  };
}

function whatOf({ base: { kind, name }, becomes }: Removed): string {
  const what = `the ${kind} "${name}"`;
  if (becomes === undefined) return `${what} is removed`;
  const isMove = becomes.name === name;
  return isMove
    ? `${what} moves to namespace "${becomes.namespace}"`
    : `${what} becomes "${becomes.name}"`;
}

function successor({ becomes }: Removed): RelatedItem[] {
  if (becomes === undefined) return [];
  return [{ item: becomes, side: 'head', path: ['metadata', 'name'], note: 'what it becomes' }];
}

/** What of what it manages hurts most; where its folder was not read, the databases where it deploys to. */
function goingWith(comparison: Comparison, { base: application }: Removed): RelatedItem[] {
  const { data, makers, ...gone } = goneWith(comparison, application);
  const isGoing = (item: Item): boolean => !isKept(item, application);
  const related = relatedGone({
    ...gone,
    data: data.filter(isGoing),
    makers: makers.filter(isGoing),
  });
  return related.length > 0 ? related : clustersNear(comparison, application);
}

function clustersNear({ base }: Comparison, application: Item): RelatedItem[] {
  const managed = cnpgClusters(base).filter(
    cluster => cluster.namespace === destinationOf(application) && !isKept(cluster, application),
  );
  return managed.map(item => ({
    item,
    side: 'base',
    path: ['metadata', 'name'],
    note: 'goes with it, and its volumes too',
  }));
}

/** Applications that an ApplicationSet listed, and does not any more. */
function* unlistedRisks(change: Changed): Iterable<Risk> {
  const { base, head } = change;
  const finalizer = cascadeOf(base);
  const [before, after] = [listedApplications(base), listedApplications(head)];
  if (finalizer === undefined || before === undefined || after === undefined) return;
  const gone = [...before].filter(name => !after.has(name)).sort();
  if (gone.length === 0 || !isDeletingUnlisted(head)) return;
  const names = gone.map(name => `"${name}"`).join(', ');
  yield {
    ...fieldPlace(change, ['spec', 'generators']),
    message: `the ApplicationSet "${head.name}" makes no Application ${names} any more, and the deletion deletes all that is managed (${finalizer})`,
    hint: 'Set syncPolicy.preserveResourcesOnDeletion in an earlier change if what is managed is to stay.',
  };
}
