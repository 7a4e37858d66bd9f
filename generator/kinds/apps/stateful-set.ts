import { withEntries, withField, without } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import { type JsonObject, listAt, mapAt } from '../../ground/json.ts';
import { fateOfSet } from '../claims-fate.ts';
import { CLAIM } from '../core/persistent-volume-claim.ts';
import { changedPaths } from '../fixed-fields.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { metadataForm } from '../pod-form.ts';
import { lastingPods, templateSource, withRollout, workloadForm } from './workload.ts';

const RETENTION = 'persistentVolumeClaimRetentionPolicy';

export const statefulSet: Kind = {
  group: 'apps',
  kind: 'StatefulSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: lastingPods,
  rollout: ({ name }) => `statefulset/${name}`,
  podSource: templateSource,
  dataFate: (object, find) => fateOfSet(object, [RETENTION], claimSpecs(object), find),
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
  RETENTION,
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
  [RETENTION]: { whenDeleted: 'Retain', whenScaled: 'Retain' },
};

/** The API server writes a claim's version and kind. */
function claimForm(claim: JsonObject): JsonObject {
  const { apiVersion: _, kind: _kind, status: _status, ...own } = claim;
  return withField(metadataForm(own), 'spec', spec => without(CLAIM, spec));
}

/** The specs of the claims that each of its pods has. */
function claimSpecs(object: PlacedObject): JsonObject[] {
  return listAt(specOf(object), 'volumeClaimTemplates').map(claim => mapAt(claim, 'spec'));
}
