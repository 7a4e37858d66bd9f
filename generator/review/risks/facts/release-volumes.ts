import { mapAt } from '../../../ground/json.ts';
import { type ChartClaim, chartClaims, chartValues } from '../../../kinds/helm/chart-values.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** A volume that a chart makes on base, and what the values say of it on head. */
export interface VolumeChange {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  readonly before: ChartClaim;
  /** Undefined: nothing any more. */
  readonly after: ChartClaim | undefined;
}

/** The volumes of releases whose charts are not known, as far as their values tell. */
export function volumeChanges({ base, head, own }: Comparison): VolumeChange[] {
  return head.byKind(chartValues).flatMap(object => {
    const old = base.find(chartValues, object.namespace, object.name);
    const isOwn = object.written !== undefined && own.has(object.written.by);
    if (old === undefined || !isOwn || old.json['chart'] !== object.json['chart']) return [];
    const now = new Map(claimsOf(object).map(claim => [claim.path.join('/'), claim]));
    return claimsOf(old).flatMap(before => {
      if (before.isOn !== true || before.existing !== undefined) return [];
      return [{ base: old, head: object, before, after: now.get(before.path.join('/')) }];
    });
  });
}

function claimsOf({ json }: PlacedObject): ChartClaim[] {
  return chartClaims(mapAt(json, 'values'));
}
