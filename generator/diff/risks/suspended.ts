import { groupBy, mapAt } from '../../core/json.ts';
import { cronJob } from '../../kinds/batch.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { isPruning, isSuspended } from '../../kinds/flux/kustomization.ts';
import { WAITING } from '../../kinds/flux/references.ts';
import { SOURCES } from '../../kinds/flux/sources.ts';
import { objectIdentity, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { applierOf, type Change, changedOf, type Diff, objectOfChange } from '../diff.ts';
import { namesOf, placeOn, type Risk, type RiskRule, theObject, warn } from '../risk.ts';

export const suspended: RiskRule = warn('suspended', function* (diff) {
  const waiting = groupBy(waitingChanges(diff), ({ stopper }) => objectIdentity(stopper));
  for (const { base, head } of changedOf(diff)) {
    const effect = effectOf(head);
    if (isSuspended(base) === isSuspended(head) || effect === undefined) continue;
    const id = objectIdentity(head);
    yield riskOf(head, effect, waiting.get(id) ?? []);
    waiting.delete(id);
  }
  for (const below of waiting.values()) yield riskOf(below[0].stopper, 'is suspended', below);
});

type Waiting = ReturnType<typeof waitingChanges>[number];

function riskOf(object: PlacedObject, effect: string, waiting: readonly Waiting[]): Risk {
  const below = waiting.filter(place => place.object !== object);
  const what = below.length === 0 ? 'it changes' : namesOf(below, 'changes', 'change');
  const wait = `; ${what} here, and not in the cluster until it goes on`;
  return {
    ...placeOn('head', object, isSuspended(object) ? ['spec', 'suspend'] : ['spec']),
    message: `${theObject(object)} ${effect}${waiting.length > 0 ? wait : ''}`,
    hint: isSuspended(object)
      ? 'Take suspend away once it may go on; until then nobody sees whether the change works.'
      : 'Look at what has changed since it was suspended, and resume it apart from other changes.',
    related: below.map(({ stopper: _, ...place }) => place),
  };
}

function effectOf(object: PlacedObject): string | undefined {
  const isStopped = isSuspended(object);
  if (object.knownKind === cronJob && object.knownKind.data?.backupPlan?.(object) === undefined)
    return isStopped ? 'is suspended: it does not run any more' : 'runs again';
  if (object.group === SOURCES)
    return isStopped
      ? 'is suspended: what reads it keeps the revision that it has'
      : 'goes on: what changed since is fetched';
  if (object.knownKind === undefined || !WAITING.includes(object.knownKind)) return undefined;
  if (isStopped) return 'is suspended: nothing of it is applied or deleted any more';
  return `goes on: all that changed since is applied at once${isPruning(object) ? ', and what went is deleted' : ''}`;
}

function waitingChanges(diff: Diff) {
  const sources = diff.head.objects.filter(item => item.group === SOURCES && isSuspended(item));
  return diff.changes.flatMap(change => {
    const stopper = stopperOf(diff, change, sources);
    if (stopper === undefined) return [];
    const place = placeOn(change.what === 'removed' ? 'base' : 'head', objectOfChange(change));
    return [{ ...place, note: `is ${change.what}, and waits`, stopper }];
  });
}

/** The suspended object of head (docs/facts/flux.md#suspension) without which a change is not applied: its applier, the source of that, or a release itself. */
function stopperOf(diff: Diff, change: Change, sources: readonly PlacedObject[]) {
  const object = objectOfChange(change);
  if (change.what === 'changed' && object.knownKind === helmRelease) {
    const isOnlyFlip = change.fields.every(({ field }) => field === 'spec.suspend');
    if (isSuspended(object) && !isOnlyFlip) return object;
  }
  const by = applierOf(diff, object);
  const applier = by?.knownKind && diff.head.find(by.knownKind, by.namespace, by.name);
  if (applier === undefined || isSuspended(applier)) return applier;
  const { kind, name, namespace = applier.namespace } = mapAt(specOf(applier), 'sourceRef');
  return sources.find(
    source => source.kind === kind && source.name === name && source.namespace === namespace,
  );
}
