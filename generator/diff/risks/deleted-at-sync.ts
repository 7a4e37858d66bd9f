import { findSecret, wholeMakers } from '../../graph/secret-graph.ts';
import { ARGOCD } from '../../kinds/argocd/application.ts';
import { syncFate } from '../../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf } from '../appliers.ts';
import { type Added, applierOf, type Changed, type Diff } from '../diff.ts';
import { isHoldingData, lossLevel } from '../facts/claims.ts';
import { readsOf } from '../facts/losses.ts';
import type { Risk, RiskRule } from '../risk.ts';
import { block, namesOf, placeOn, relatedObjects, theObject } from '../risk.ts';

export const deletedAtSync: RiskRule = block('deleted-at-sync', function* (diff) {
  for (const change of diff.changes) {
    const isOld = change.what === 'changed' && syncFate(change.base) !== undefined;
    if (change.what !== 'removed' && !isOld) yield* risksOf(diff, change);
  }
});

const ARGOCD_ = `argocd.${ARGOCD}/`;

function* risksOf(diff: Diff, change: Added | Changed): Iterable<Risk> {
  const { head } = change;
  const fate = syncFate(head);
  // Flux, and people, give these annotations no meaning.
  const isByArgo = fate?.annotation.startsWith(ARGOCD_);
  const group = applierOf(diff, head)?.group ?? (isByArgo ? ARGOCD : '');
  if (fate === undefined || group !== ARGOCD) return;
  const { annotation, what } = fate;
  const deletion =
    what === 'made again' || change.what === 'added' ? undefined : deletionOf(diff, change.base);
  // A new object that is left out has never been in the cluster.
  if (what === 'left out' && (deletion?.outcome ?? 'kept') === 'kept') return;
  const when = deletion === undefined ? ' at each sync' : '';
  for (const { loss, ...more } of lossesOf(diff, head))
    yield {
      ...placeOn('head', head, ['metadata', 'annotations', annotation]),
      ...more,
      message: `Argo CD deletes ${theObject(head)}${when}, and ${loss}`,
      hint: `Take ${annotation} away: it is for what runs once, such as a Job.`,
      ...(deletion && { outcome: deletion.text }),
    };
}

type Loss = Pick<Risk, 'level' | 'related'> & { readonly loss: string };

function* lossesOf({ head }: Diff, object: PlacedObject): Iterable<Loss> {
  if (isHoldingData(object, head.find))
    yield { level: lossLevel(head, [object]), loss: 'its data with it' };
  for (const { object: maker, namespace, target, creationPolicy } of head.externalSecrets) {
    if (maker !== object || creationPolicy !== 'Owner') continue;
    const readers = readsOf(head, namespace, target);
    const makers = wholeMakers(findSecret(head, namespace, target));
    if (makers.length > 1 || readers.length === 0) continue;
    const loss = `the Secret "${target}" with it, which ${namesOf(readers, 'reads', 'read')}`;
    yield { level: 'high', loss, related: relatedObjects(readers, 'head', 'reads it') };
  }
}
