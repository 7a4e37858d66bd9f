import { statefulSet } from '../../kinds/apps.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import type { DataFate } from '../../kinds/facets.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { isSuspended } from '../../kinds/flux/kustomization.ts';
import { isKeptByHelm } from '../../kinds/helm/release.ts';
import { chartValues } from '../../kinds/helm/values.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { claimVolumes } from '../../kinds/pods.ts';
import { deletionOf, leavingOf } from '../appliers.ts';
import { type Diff, isRemoved, type Removed, removedOf } from '../diff.ts';
import {
  claimSource,
  dataFate,
  FATE_LEVELS,
  isTemplate,
  madeVolumes,
  newOne,
  type VolumeChange,
  volumeChanges,
} from '../facts/claims.ts';
import { block, nameOf, placeOn, type Risk, type RiskRule, relatedObjects } from '../risk.ts';

export const volumeClaimRemoved: RiskRule = block('volume-claim-removed', function* (diff) {
  for (const lost of lostClaims(diff)) yield* claimRisks(diff, lost);
  for (const leaving of leavingOf(diff, statefulSet)) yield* setRisks(diff, leaving);
  for (const change of volumeChanges(diff)) yield* valuesRisks(change);
  for (const values of diff.base.byKind(chartValues)) yield* goneRisks(diff, values);
});

interface LostClaim {
  readonly claim: PlacedObject;
  readonly becomes?: PlacedObject | undefined;
  readonly release?: PlacedObject;
}

/** Claims of manifests, and claims that charts make of values. */
function lostClaims(diff: Diff): LostClaim[] {
  const { base, head, compared } = diff;
  const written = leavingOf(diff, persistentVolumeClaim).map(({ base: claim, becomes }) => {
    return { claim, becomes };
  });
  const made = base.byKind(persistentVolumeClaim).flatMap(claim => {
    const release = claim.written?.by;
    if (release === undefined || !compared.has(release) || isKeptByHelm(claim)) return [];
    const isLeft = head.find(persistentVolumeClaim, claim.namespace, claim.name) !== undefined;
    return isLeft ? [] : [{ claim, release }];
  });
  return [...written, ...made].filter(({ claim }) => !isTemplate(claim));
}

function* claimRisks(diff: Diff, lost: LostClaim): Iterable<Risk> {
  const { claim, becomes, release } = lost;
  // Helm deletes what leaves a chart. Of a release that is removed itself, its applier decides.
  const isLeavingChart = release !== undefined && !isRemoved(diff, release);
  const deletion = isLeavingChart ? undefined : deletionOf(diff, release ?? claim);
  const fate = dataFate(claim, diff.base.find);
  if (deletion?.outcome === 'kept' || fate === undefined) return;
  // The new claim that takes its place begins without its data.
  const isMadeEmpty = becomes !== undefined && claimSource(becomes) === undefined;
  const users = diff.head.pods
    .filter(({ object }) => object.namespace === claim.namespace)
    .flatMap(pod => claimVolumes(pod).map(volume => ({ ...volume, object: pod.object })))
    .filter(volume => volume.claim === claim.name);
  yield {
    ...placeOn('base', claim),
    level: isMadeEmpty && fate.fate !== 'kept' ? 'block' : FATE_LEVELS[fate.fate],
    message: `the PersistentVolumeClaim "${claim.name}" ${goneText(lost, isLeavingChart)}: ${ENDS[fate.fate]} (${fate.because})`,
    hint: hintFor(lost, fate),
    related: [...newOne(becomes), ...relatedObjects(users, 'head', 'still mounts it')],
    ...(deletion !== undefined && { outcome: deletion.text }),
  };
}

const ENDS: Readonly<Record<DataFate['fate'], string>> = {
  deleted: 'its volume and all data in it are deleted',
  unknown: 'its volume and all data in it are deleted unless it is of reclaimPolicy Retain',
  kept: 'its volume stays, bound to nothing',
};

function goneText({ becomes, release }: LostClaim, isLeavingChart: boolean): string {
  if (becomes !== undefined) {
    const source = claimSource(becomes);
    const content = source === undefined ? 'is empty' : `begins with what ${source} has`;
    return `becomes "${becomes.name}", which ${content}`;
  }
  if (release === undefined) return 'is removed';
  return isLeavingChart
    ? `leaves the chart of ${nameOf(release)}, and Helm deletes it`
    : `goes with ${nameOf(release)}, whose chart made it`;
}

function hintFor({ release }: LostClaim, { fate }: DataFate): string {
  if (fate === 'kept') return 'Note the name of the volume: a new claim finds it by volumeName.';
  return release === undefined
    ? 'Copy the data to where it is to be, or set persistentVolumeReclaimPolicy: Retain on its PersistentVolume, before this change.'
    : 'Copy the data first, or set retain: true on the entry in an earlier change: Helm then leaves the claim.';
}

function* setRisks(diff: Diff, { base: set, becomes }: Removed): Iterable<Risk> {
  const fate = dataFate(set, diff.base.find);
  if (fate === undefined || isTemplate(set) || deletionOf(diff, set).outcome === 'kept') return;
  const gone = becomes
    ? `becomes "${becomes.name}", which starts with empty volumes`
    : 'is removed';
  yield {
    ...placeOn('base', set),
    level: fate.fate === 'kept' && becomes !== undefined ? 'high' : FATE_LEVELS[fate.fate],
    message: `the StatefulSet "${set.name}" ${gone}: ${SET_ENDS[fate.fate]} (${fate.because})`,
    hint: setHint(fate, becomes),
    related: newOne(becomes),
  };
}

const SET_ENDS: Readonly<Record<DataFate['fate'], string>> = {
  deleted: 'its claims and their data are deleted with it',
  unknown: 'its claims are deleted with it, and perhaps their data',
  kept: 'its data stays, and nothing here uses it',
};

function setHint({ fate }: DataFate, becomes: PlacedObject | undefined): string {
  if (fate !== 'kept')
    return 'Set persistentVolumeClaimRetentionPolicy.whenDeleted: Retain in an earlier change, or copy the data first.';
  return becomes === undefined
    ? 'Delete what is left by hand once nobody needs the data.'
    : 'Keep the name; or copy the data from the old volumes to the new ones.';
}

/** Releases that go and whose charts are not rendered, with the volumes that their values ask for. */
function* goneRisks(diff: Diff, values: PlacedObject): Iterable<Risk> {
  const release = values.written?.by;
  const isOnHead = diff.head.find(chartValues, values.namespace, values.name) !== undefined;
  const paths = madeVolumes(values).map(({ path }) => path);
  const [path] = paths;
  if (release === undefined || isOnHead || !diff.compared.has(release) || path === undefined)
    return;
  const isGone = removedOf(diff, helmRelease).some(gone => gone.base === release && !gone.becomes);
  const { outcome, text } = deletionOf(diff, release);
  if (!isGone && release.knownKind !== kustomizationFile) return;
  if (outcome === 'kept' || isSuspended(release)) return;
  const fields = paths.map(place => place.slice(1).join('.')).join(', ');
  yield {
    ...placeOn('base', values, path),
    level: 'high',
    message: `the Helm release "${values.name}" goes, and the claims that its chart made too (${fields}), unless they are of a StatefulSet`,
    hint: 'Copy the data first, or annotate the claims that are there with helm.sh/resource-policy: keep in the chart before this change.',
    outcome: text,
  };
}

/** Claims in the values of an unknown chart, which may be of a StatefulSet: those would stay. */
function* valuesRisks({ base, head, before, after }: VolumeChange): Iterable<Risk> {
  const isOff = after?.isOn === false;
  if (after?.isOn === true && after.existing === undefined) return;
  const field = before.path.slice(1).join('.');
  const change =
    after?.existing !== undefined
      ? `uses the claim "${after.existing}" in place of its own (${field}.existingClaim)`
      : isOff
        ? `is to have no volume any more (${field}.enabled: false)`
        : `asks for no volume any more (${field}), and its chart decides`;
  yield {
    ...(after === undefined
      ? placeOn('base', base, before.path)
      : placeOn('head', head, after.path)),
    level: isOff || after?.existing !== undefined ? 'high' : 'warn',
    message: `the Helm release "${head.name}" ${change}: the claim that the chart made is deleted, unless it is of a StatefulSet`,
    hint: 'Copy the data first, or annotate the claim that is there with helm.sh/resource-policy: keep in the chart before this change.',
  };
}
