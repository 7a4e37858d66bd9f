import { findSecret, wholeMakers } from '../../graph/secret-graph.ts';
import { ARGOCD } from '../../kinds/argocd/application.ts';
import { type SyncFate, syncFate } from '../../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Added, type Changed, type Comparison, deployerOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { isHoldingData, lossLevel } from '../facts/claims.ts';
import { readsOf } from '../facts/losses.ts';
import {
  block,
  namesOf,
  placeOn,
  type Risk,
  type RiskRule,
  relatedObjects,
  theObject,
} from '../risk.ts';

export const deletedAtSync: RiskRule = block('deleted-at-sync', function* (comparison) {
  for (const change of comparison.changes) {
    if (change.what === 'removed') continue;
    const fate = newFate(comparison, change);
    if (fate !== undefined) yield* risksOf(comparison, change, fate);
  }
});

function newFate(comparison: Comparison, change: Added | Changed): SyncFate | undefined {
  const before = change.what === 'changed' ? syncFate(change.base) : undefined;
  const fate = syncFate(change.head);
  // Flux, and people, give these annotations no meaning.
  const deployer = deployerOf(comparison, change.head);
  const isByArgo =
    deployer === undefined ? fate?.annotation.startsWith(ARGOCD_) : deployer.group === ARGOCD;
  return isByArgo && before === undefined ? fate : undefined;
}

const ARGOCD_ = `argocd.${ARGOCD}/`;

function* risksOf(
  comparison: Comparison,
  change: Added | Changed,
  { annotation, what }: SyncFate,
): Iterable<Risk> {
  const { head } = change;
  const deletion =
    what === 'made again' || change.what === 'added'
      ? undefined
      : deletionOf(comparison, change.base);
  // What is new and left out has never been there.
  if (what === 'left out' && (deletion?.outcome ?? 'kept') === 'kept') return;
  const when = deletion === undefined ? ' at each sync' : '';
  for (const { loss, ...more } of [...dataOf(comparison, head), ...secretsOf(comparison, head)])
    yield {
      ...placeOn('head', head, ['metadata', 'annotations', annotation]),
      ...more,
      message: `Argo CD deletes ${theObject(head)}${when}, and ${loss}`,
      hint: `Take ${annotation} away: it is for what runs once, such as a Job.`,
      ...(deletion && { outcome: deletion.text }),
    };
}

interface Loss extends Pick<Risk, 'level' | 'related'> {
  readonly loss: string;
}

function dataOf({ head }: Comparison, object: PlacedObject): Loss[] {
  if (!isHoldingData(object, head.find)) return [];
  return [{ level: lossLevel(head, [object]), loss: 'its data with it' }];
}

function secretsOf({ head }: Comparison, object: PlacedObject): Loss[] {
  return head.externalSecrets.flatMap(({ object: maker, namespace, target, creationPolicy }) => {
    const readers = readsOf(head, namespace, target);
    const makers = wholeMakers(findSecret(head, namespace, target));
    if (maker !== object || creationPolicy !== 'Owner' || makers.length > 1) return [];
    if (readers.length === 0) return [];
    const loss = `the Secret "${target}" with it, which ${namesOf(readers, 'reads', 'read')}`;
    return [{ level: 'high', loss, related: relatedObjects(readers, 'head', 'reads it') }];
  });
}
