import { withEntries, withField, without } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { CLAIM } from '../core/persistent-volume-claim.ts';
import { type DataFate, fateBy } from '../data-fate.ts';
import { changedPaths } from '../fixed-fields.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { metadataForm } from '../pod-form.ts';
import { lastingPods, templateSource, withRollout, workloadForm } from './workload.ts';

export const statefulSet: Kind = {
  group: 'apps',
  kind: 'StatefulSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: lastingPods,
  rollout: ({ name }) => `statefulset/${name}`,
  podSource: templateSource,
  keepsData: item => claimTemplates(item).length > 0,
  dataFate: claimsFate,
  form: object =>
    withField(object, 'spec', spec => ({
      replicas: 1,
      ...withEntries(
        workloadForm(DEFAULTS, withRollout('updateStrategy', { partition: 0 }, spec)),
        'volumeClaimTemplates',
        claimForm,
      ),
    })),

  /** All else in the spec is as it was made (ValidateStatefulSetUpdate). */
  fixed: (before, after) => {
    const fields = [before, after].flatMap(side => Object.keys(mapAt(side, 'spec')));
    const paths = [...new Set(fields)]
      .filter(field => !MUTABLE.has(field))
      .map((field): Path => ['spec', field]);
    return changedPaths(paths, before, after);
  },
};

/** As ValidateStatefulSetUpdate has it. */
export const MUTABLE: ReadonlySet<string> = new Set([
  'minReadySeconds',
  'ordinals',
  'persistentVolumeClaimRetentionPolicy',
  'replicas',
  'revisionHistoryLimit',
  'template',
  'updateStrategy',
]);

const DEFAULTS: JsonObject = {
  podManagementPolicy: 'OrderedReady',
  revisionHistoryLimit: 10,
  minReadySeconds: 0,
  volumeClaimTemplates: [],
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
};

/** The API server writes a claim's version and kind. */
function claimForm(claim: JsonObject): JsonObject {
  const { apiVersion: _, kind: _kind, status: _status, ...own } = claim;
  return withField(metadataForm(own), 'spec', spec => without(CLAIM, spec));
}

/** The names of the claims that each of its pods has. */
function claimTemplates(item: Item): string[] {
  const templates = listAt(specOf(item), 'volumeClaimTemplates');
  return templates.map(claim => textAt(claim, 'metadata', 'name') ?? '');
}

const WHEN_DELETED = ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted'] as const;

/** Its claims stay unless it says otherwise (docs/facts/kubernetes.md#volume-claims). */
function claimsFate(item: Item): DataFate | undefined {
  if (claimTemplates(item).length === 0) return undefined;
  const policy = textAt(item.object, ...WHEN_DELETED) ?? 'Retain';
  return fateBy(
    policy,
    `persistentVolumeClaimRetentionPolicy.whenDeleted: ${policy}`,
    WHEN_DELETED,
  );
}
