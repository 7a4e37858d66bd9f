import type { Path } from '../../core/finding.ts';
import { valueAt } from '../../core/json.ts';
import { cascadeOf, isDeletingUnlisted } from '../../kinds/argocd/application-set.ts';
import { appliedByApplication } from '../../kinds/argocd/applied.ts';
import { APPLICATIONS } from '../../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Comparison, type Removed, removedOf } from '../comparison.ts';
import { deletionOf, unmadeApplications } from '../deletion.ts';
import { goingWith } from '../facts/claims.ts';
import { placeOn, type Risk, type RiskRule } from '../risk.ts';

export const applicationRemoved: RiskRule = {
  id: 'application-removed',
  level: 'block',

  *check(comparison) {
    for (const kind of APPLICATIONS)
      for (const removed of removedOf(comparison, kind)) yield* risksOf(comparison, removed);
    yield* unmadeRisks(comparison);
  },
};

function* risksOf(comparison: Comparison, removed: Removed): Iterable<Risk> {
  const { base, becomes } = removed;
  const finalizer = cascadeOf(base);
  if (finalizer === undefined) return;
  const { outcome, text } = deletionOf(comparison, base);
  const isGuarded = outcome === 'kept';
  const going = goingWith(comparison, base);
  yield {
    level: isGuarded ? 'warn' : going.level,
    ...placeOn('base', base),
    message: `${whatOf(removed)}, ${isGuarded ? 'and whoever deletes it' : 'and its deletion'} deletes all that it manages${going.more} (${finalizer})`,
    hint:
      becomes === undefined
        ? 'Remove the finalizer in an earlier change if what it manages is to stay.'
        : 'Remove the finalizer from the old one in an earlier change: else it deletes what the new one takes over.',
    outcome: text,
    related: [
      ...(becomes === undefined ? [] : [{ ...placeOn('head', becomes), note: 'what it becomes' }]),
      ...going.related,
    ],
  };
}

function whatOf({ base: { kind, name }, becomes }: Removed): string {
  const what = `the ${kind} "${name}"`;
  if (becomes === undefined) return `${what} is removed`;
  return becomes.name === name
    ? `${what} moves to namespace "${becomes.namespace}"`
    : `${what} becomes "${becomes.name}"`;
}

/** Applications that an ApplicationSet no longer makes: their folder, file or element is gone. */
function* unmadeRisks(comparison: Comparison): Iterable<Risk> {
  for (const [application, { made, set }] of unmadeApplications(comparison)) {
    const finalizer = cascadeOf(application);
    if (finalizer === undefined || !isDeletingUnlisted(set)) continue;
    const { level, more, related, isCompared } = goingWith(comparison, application);
    if (!isCompared && !comparison.compared.has(set)) continue;
    const lost = lostFolder(application, set);
    yield {
      level,
      ...placeOn('head', set, generatorIn(set, made.generatorAt)),
      cause: application,
      message: `the ApplicationSet "${set.name}" makes no Application "${application.name}" any more${lost}, and its deletion deletes all that it manages${more} (${finalizer})`,
      hint: 'Set syncPolicy.preserveResourcesOnDeletion in an earlier change if what is managed is to stay.',
      related,
    };
  }
}

function lostFolder(application: PlacedObject, set: PlacedObject): string {
  const isThere = ({ tree }: PlacedObject, path: string): boolean =>
    tree?.folders.includes(path) === true;
  const lost = appliedByApplication(application).find(
    ({ path }) => isThere(application, path) && !isThere(set, path),
  );
  return lost === undefined ? '' : `, as the folder ${lost.path} is gone`;
}

/** The place of a generator of base on head, or of all generators where head has fewer. */
function generatorIn(set: PlacedObject, path: Path): Path {
  return valueAt(set.json, path) === undefined ? ['spec', 'generators'] : path;
}
