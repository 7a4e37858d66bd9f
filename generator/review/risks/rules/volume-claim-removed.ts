import { statefulSet } from '../../../kinds/apps/stateful-set.ts';
import type { DataFate } from '../../../kinds/data-fate.ts';
import type { Item } from '../../../kinds/kind.ts';
import { type Comparison, type Removed, removedOf } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import type { Deletion } from '../../changes/deletion-words.ts';
import { type LostClaim, lostClaims, usersOf } from '../facts/lost-claims.ts';
import { relatedItems } from '../places.ts';
import type { Level, RelatedItem, Risk, RiskRule } from '../risk-rule.ts';
import { nameOf } from '../words.ts';

export const volumeClaimRemoved: RiskRule = {
  id: 'volume-claim-removed',
  level: 'block',
  summary: 'A PersistentVolumeClaim goes, and the data of its volume with it.',

  *check(comparison: Comparison) {
    for (const lost of lostClaims(comparison)) {
      const risk = claimRisk(comparison, lost);
      if (risk !== undefined) yield risk;
    }
    for (const removed of removedOf(comparison, statefulSet)) yield* setRisks(comparison, removed);
  },
};

const NAME = ['metadata', 'name'];

function claimRisk(comparison: Comparison, lost: LostClaim): Risk | undefined {
  const { claim, becomes } = lost;
  const deletion = outcomeOf(comparison, lost);
  if (deletion?.outcome === 'kept') return undefined;
  const fate = claim.known?.dataFate?.(claim, comparison.base.find);
  if (fate === undefined) return undefined;
  const users = usersOf(comparison.head, claim);
  return {
    item: claim,
    side: 'base',
    path: NAME,
    level: LEVELS[fate.fate],
    message: `the PersistentVolumeClaim "${claim.name}" ${goneText(comparison, lost)}${endText(fate)}`,
    hint: hintFor(lost, fate),
    related: [...newOne(becomes), ...relatedItems(users, 'head', 'still mounts it')],
    ...(deletion !== undefined && { outcome: deletion.text }),
  };
}

const LEVELS: Readonly<Record<DataFate['fate'], Level>> = {
  deleted: 'block',
  unknown: 'high',
  kept: 'warn',
};

/** Helm deletes what leaves a chart; of a release that goes itself its deployer decides. */
function outcomeOf(comparison: Comparison, { claim, release }: LostClaim): Deletion | undefined {
  if (release === undefined) return deletionOf(comparison, claim);
  const isGone = comparison.changes.some(
    change => change.what === 'removed' && change.base === release,
  );
  return isGone ? deletionOf(comparison, release) : undefined;
}

function goneText({ changes }: Comparison, { becomes, release }: LostClaim): string {
  if (becomes !== undefined) return `becomes "${becomes.name}", which is empty`;
  if (release === undefined) return 'is removed';
  const isGone = changes.some(change => change.what === 'removed' && change.base === release);
  return isGone
    ? `goes with ${nameOf(release)}, whose chart made it`
    : `leaves the chart of ${nameOf(release)}, and Helm deletes it`;
}

function endText({ fate, because }: DataFate): string {
  if (fate === 'deleted') return `: its volume and all data in it are deleted (${because})`;
  if (fate === 'kept') return `: its volume stays, bound to nothing (${because})`;
  return `: its volume and all data in it are deleted unless it is of reclaimPolicy Retain (${because})`;
}

function hintFor({ release }: LostClaim, { fate }: DataFate): string {
  if (fate === 'kept') return 'Note the name of the volume: a new claim finds it by volumeName.';
  return release === undefined
    ? 'Copy the data to where it is to be, or set persistentVolumeReclaimPolicy: Retain on its PersistentVolume, before this change.'
    : 'Copy the data first, or set retain: true on the entry in an earlier change: Helm then leaves the claim.';
}

function newOne(becomes: Item | undefined): RelatedItem[] {
  if (becomes === undefined) return [];
  return [{ item: becomes, side: 'head', path: NAME, note: 'the new one' }];
}

function* setRisks(comparison: Comparison, { base, becomes }: Removed): Iterable<Risk> {
  const fate = base.known?.dataFate?.(base, comparison.base.find);
  const deletion = deletionOf(comparison, base);
  const isMove = becomes?.name === base.name;
  if (fate === undefined || deletion.outcome === 'kept' || isMove) return;
  const isDeleted = fate.fate === 'deleted';
  const gone = becomes === undefined ? 'is removed' : `becomes "${becomes.name}"`;
  const start = becomes === undefined ? '' : ', which starts with empty volumes';
  yield {
    item: base,
    side: 'base',
    path: NAME,
    level: isDeleted ? 'block' : becomes === undefined ? 'warn' : 'high',
    message: isDeleted
      ? `the StatefulSet "${base.name}" ${gone}${start}: its claims are deleted with it (${fate.because})`
      : `the StatefulSet "${base.name}" ${gone}${start}: its claims stay with the data, and nothing here uses them`,
    hint: isDeleted
      ? 'Set persistentVolumeClaimRetentionPolicy.whenDeleted: Retain in an earlier change, or copy the data first.'
      : becomes === undefined
        ? 'Delete the claims by hand once nobody needs the data.'
        : 'Keep the name; or copy the data from the old claims to the new ones.',
    related: newOne(becomes),
    outcome: deletion.text,
  };
}
