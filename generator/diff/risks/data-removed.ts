import { statefulSet } from '../../kinds/apps.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import type { DataFate } from '../../kinds/facets.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { deletionOf, leavingOf } from '../appliers.ts';
import type { Diff } from '../diff.ts';
import { dataFate, FATE_LEVELS, isTemplate, newOne } from '../facts/claims.ts';
import { block, placeOn, type RiskRule, theObject } from '../risk.ts';

export const dataRemoved: RiskRule = block('data-removed', function* (diff) {
  for (const { base, becomes } of leavingOf(diff)) {
    const fate = WITH_OWN_RULE.has(base.knownKind) ? undefined : sureFate(diff, base);
    if (fate === undefined || isTemplate(base)) continue;
    if (deletionOf(diff, base).outcome === 'kept') continue;
    const gone = becomes ? `becomes "${becomes.name}", which is another one` : 'is removed';
    yield {
      ...placeOn('base', base),
      level: FATE_LEVELS[fate.fate],
      message: `${theObject(base)} ${gone}: ${ENDS[fate.fate]} (${fate.because})`,
      hint: 'Take the data to where it is to be first, look at it there, and remove this in a later change.',
      related: newOne(becomes),
    };
  }
});

const WITH_OWN_RULE = new Set<Kind | undefined>([cnpgCluster, persistentVolumeClaim, statefulSet]);

const ENDS = {
  deleted: 'its data is deleted with it',
  unknown: 'its data may be deleted with it',
  kept: 'its data stays, and nothing here describes it',
} as const;

/** Unknown where another object of head keeps the same data: it depends on which of them comes first. */
function sureFate({ base, head }: Diff, object: PlacedObject): DataFate | undefined {
  const { knownKind } = object;
  const fate = dataFate(object, base.find);
  const isKeptToo =
    knownKind !== undefined &&
    head.byKind(knownKind).some(keeper => knownKind.data?.isSame?.(object, keeper));
  return fate?.fate === 'deleted' && isKeptToo ? { ...fate, fate: 'unknown' } : fate;
}
