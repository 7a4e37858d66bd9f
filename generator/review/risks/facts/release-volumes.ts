import { mapAt } from '../../../ground/json.ts';
import { type ChartClaim, chartClaims } from '../../../kinds/helm/chart-claims.ts';
import { chartValues } from '../../../kinds/helm/chart-values.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** A volume that a chart makes on base, and what the values say of it on head. */
export interface VolumeChange {
  readonly base: Item;
  readonly head: Item;
  readonly before: ChartClaim;
  /** Undefined: nothing any more. */
  readonly after: ChartClaim | undefined;
}

/** The volumes of releases whose charts are not known, as far as their values tell. */
export function volumeChanges({ base, head, own }: Comparison): VolumeChange[] {
  return head.byKind(chartValues).flatMap(item => {
    const old = base.find(chartValues, item.namespace, item.name);
    const isOwn = item.written !== undefined && own.has(item.written.by);
    if (old === undefined || !isOwn || old.object['chart'] !== item.object['chart']) return [];
    const now = new Map(claimsOf(item).map(claim => [claim.path.join('/'), claim]));
    return claimsOf(old).flatMap(before => {
      if (before.isOn !== true || before.existing !== undefined) return [];
      return [{ base: old, head: item, before, after: now.get(before.path.join('/')) }];
    });
  });
}

function claimsOf({ object }: Item): ChartClaim[] {
  return chartClaims(mapAt(object, 'values'));
}
