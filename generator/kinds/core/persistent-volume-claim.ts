import { withField, without } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import { type JsonObject, textAt, valueAt } from '../../ground/json.ts';
import type { DataFate } from '../data-fate.ts';
import { changedPaths } from '../fixed-fields.ts';
import { type Find, type Kind, specOf } from '../kind.ts';
import { classFate, storageClass } from '../storage/storage-class.ts';
import { persistentVolume, volumeFate } from './persistent-volume.ts';

/** What the API server fills in: of a claim, and of a template of claims. */
export const CLAIM: JsonObject = { volumeMode: 'Filesystem' };

export const persistentVolumeClaim: Kind = {
  group: '',
  kind: 'PersistentVolumeClaim',
  isUnmistakable: true,
  isPrecious: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  dataFate: (object, find) => claimFate(specOf(object), find),
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

/**
 * What becomes of the volume of a claim with that spec when the claim is deleted: the volume that it
 * names decides, else the class that its volume is made by (docs/facts/kubernetes.md#volume-claims).
 */
export function claimFate(spec: JsonObject, find: Find): DataFate {
  const { volumeName, storageClassName } = spec;
  if (typeof volumeName === 'string' && volumeName !== '') {
    const volume = find(persistentVolume, '', volumeName);
    return volume ? volumeFate(volume) : unread(`PersistentVolume "${volumeName}"`);
  }
  if (storageClassName === '') return unread('PersistentVolume that it is bound to');
  const named = textAt(spec, 'storageClassName');
  const found = named === undefined ? undefined : find(storageClass, '', named);
  if (found !== undefined) return classFate(found);
  return unread(named === undefined ? 'default StorageClass' : `StorageClass "${named}"`);
}

function unread(what: string): DataFate {
  return { fate: 'unknown', because: `the ${what} decides, and is not here` };
}
