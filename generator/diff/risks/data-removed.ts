import { statefulSet } from '../../kinds/apps.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import type { DataFate } from '../../kinds/data-facts.ts';
import { displayKind, type Kind, type PlacedObject } from '../../kinds/kind.ts';
import type { Comparison, Removed } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { FATE_LEVELS, isTemplate, newOne } from '../facts/claims.ts';
import type { Risk, RiskRule } from '../risk.ts';

export const dataRemoved: RiskRule = {
  id: 'data-removed',
  level: 'block',
  summary:
    'A database, a bucket or a pool that an operator keeps is removed, and its data with it.',

  *check(comparison: Comparison) {
    for (const change of comparison.changes) {
      const risk = change.what === 'removed' ? riskOf(comparison, change) : undefined;
      if (risk !== undefined) yield risk;
    }
  },
};

/** Of these other rules tell. */
const OTHERS: ReadonlySet<Kind> = new Set([cnpgCluster, persistentVolumeClaim, statefulSet]);

function riskOf(comparison: Comparison, { base, becomes }: Removed): Risk | undefined {
  const { known, name } = base;
  // A move to another namespace is the rule namespace-move.
  if (known === undefined || OTHERS.has(known) || becomes?.name === name) return undefined;
  const fate = fateOf(comparison, base);
  const { outcome, text } = deletionOf(comparison, base);
  if (fate === undefined || outcome === 'kept' || isTemplate(base)) return undefined;
  const gone =
    becomes === undefined ? 'is removed' : `becomes "${becomes.name}", which is another one`;
  return {
    object: base,
    side: 'base',
    path: ['metadata', 'name'],
    level: FATE_LEVELS[fate.fate],
    message: `the ${displayKind(base)} "${name}" ${gone}: ${endText(fate)} (${fate.because})`,
    hint: 'Take the data to where it is to be first, look at it there, and remove this in a later change.',
    related: newOne(becomes),
    outcome: text,
  };
}

/** Where something else keeps the data, it depends on which of them is there first. */
function fateOf({ base, head }: Comparison, object: PlacedObject): DataFate | undefined {
  const { known } = object;
  const fate = known?.data?.fate?.(object, base.find);
  const others = known?.data?.isSame === undefined ? [] : head.byKind(known);
  const isKeptToo = others.some(other => known?.data?.isSame?.(object, other));
  return fate?.fate === 'deleted' && isKeptToo ? { ...fate, fate: 'unknown' } : fate;
}

function endText({ fate }: DataFate): string {
  if (fate === 'deleted') return 'its data is deleted with it';
  return fate === 'kept'
    ? 'its data stays, and nothing here describes it'
    : 'its data may be deleted with it';
}
