import { withField, without } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import { valueAt } from '../../ground/value-path.ts';
import { changedPaths } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';

/** What the API server fills in: of a claim, and of a template of claims. */
export const CLAIM: JsonObject = { volumeMode: 'Filesystem' };

export const persistentVolumeClaim: Kind = {
  group: '',
  kind: 'PersistentVolumeClaim',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  keepsData: () => true,
  form: object => withField(object, 'spec', spec => without(CLAIM, spec)),

  /** What is left out, the cluster has filled in: only what both sides say can be compared. */
  fixed: (before, after) => {
    const paths = FIXED.map((field): Path => ['spec', field]);
    const isGiven = (path: Path): boolean =>
      [before, after].every(side => valueAt(side, path) !== undefined);
    return changedPaths(paths.filter(isGiven), before, after);
  },
};

const FIXED = [
  'accessModes',
  'dataSource',
  'dataSourceRef',
  'selector',
  'storageClassName',
  'volumeMode',
  'volumeName',
];
