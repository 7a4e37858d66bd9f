import type { Path } from '../../../ground/finding.ts';
import { mapAt } from '../../../ground/json.ts';
import { helmRelease } from '../../../kinds/flux/helm-release.ts';
import { type ChartClaim, chartClaims, chartValues } from '../../../kinds/helm/chart-values.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { type Comparison, removedOf } from '../../changes/comparison.ts';

/** A volume that a chart makes on base, and what the values say of it on head. */
export interface VolumeChange {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  readonly before: ChartClaim;
  /** Undefined: nothing any more. */
  readonly after: ChartClaim | undefined;
}

/** The values of a chart that is not known, on both sides. */
export interface ValuesPair {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
}

/** Those of releases that are asked for. */
export function valuesPairs({ base, head, own }: Comparison): ValuesPair[] {
  return head.byKind(chartValues).flatMap(object => {
    const old = base.find(chartValues, object.namespace, object.name);
    const isOwn = object.written !== undefined && own.has(object.written.by);
    const isSame = old?.json['chart'] === object.json['chart'];
    return old !== undefined && isOwn && isSame ? [{ base: old, head: object }] : [];
  });
}

/** HelmReleases that go, and the volumes that their charts made, as far as the values of a chart that is not known tell. */
export function goneVolumes(comparison: Comparison): GoneVolumes[] {
  const all = comparison.base.byKind(chartValues);
  return removedOf(comparison, helmRelease).flatMap(({ base: release, becomes }) => {
    const values = all.find(({ written }) => written?.by === release);
    if (becomes !== undefined || values === undefined) return [];
    const paths = claimsOf(values)
      .filter(isMade)
      .map(({ path }) => path);
    return paths.length === 0 ? [] : [{ release, values, paths }];
  });
}

function isMade({ isOn, existing }: ChartClaim): boolean {
  return isOn === true && existing === undefined;
}

/** A release that goes, with values that ask for volumes. */
export interface GoneVolumes {
  readonly release: PlacedObject;
  readonly values: PlacedObject;
  readonly paths: readonly Path[];
}

/** Whether values ask for a volume that the chart makes. */
export function isMakingVolumes(values: PlacedObject): boolean {
  return claimsOf(values).some(isMade);
}

/** The volumes of releases whose charts are not known, as far as their values tell. */
export function volumeChanges(comparison: Comparison): VolumeChange[] {
  return valuesPairs(comparison).flatMap(({ base: old, head: object }) => {
    const now = new Map(claimsOf(object).map(claim => [claim.path.join('/'), claim]));
    return claimsOf(old).flatMap(before => {
      if (!isMade(before)) return [];
      return [{ base: old, head: object, before, after: now.get(before.path.join('/')) }];
    });
  });
}

function claimsOf({ json }: PlacedObject): ChartClaim[] {
  return chartClaims(mapAt(json, 'values'));
}
