import { mapAt, textAt } from '../core/json.ts';
import { type DataFate, fateBy } from './facets.ts';
import { fixedAt, type Kind, type PlacedObject, type Read } from './kind.ts';
import { readOf } from './secret-refs.ts';

const NAME = /^(csi\.storage\.k8s\.io\/[a-z-]{1,60}-secret-name)(space)?$/;

/** Names of Secrets that operators make for their own drivers (docs/facts/operators.md#csi-drivers). */
const OPERATORS_OWN = /^rook-csi-|^px-user-token$/;

/** The Secrets that a class names for its CSI driver. Variables such as `${pvc.namespace}` are filled in for each volume. */
function csiSecretReads({ json }: PlacedObject): Read[] {
  return Object.entries(mapAt(json, 'parameters')).flatMap(([parameter, name]) => {
    const [, field, rest] = NAME.exec(parameter) ?? [];
    const isOwn = typeof name === 'string' && OPERATORS_OWN.test(name);
    if (field === undefined || rest !== undefined || isOwn) return [];
    const namespace = textAt(json, 'parameters', `${field}space`);
    const path = ['parameters', parameter];
    return readOf({ name, path, how: 'csi', namespace }).map(read => ({
      ...read,
      ...(namespace === undefined && { isAnywhere: true as const }),
    }));
  });
}

/** A driver logs in before it serves anything, so people often create its Secret by hand. */
const csiClass: Pick<Kind, 'isOfCluster' | 'reads' | 'secrets'> = {
  isOfCluster: true,
  reads: csiSecretReads,
  secrets: { byHand: object => csiSecretReads(object).map(({ secret }) => secret) },
};

export const storageClass: Kind = {
  ...csiClass,
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  data: { reclaimFate: classFate },
  changes: {
    fixed: fixedAt(['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']),
  },
};

/** What happens to the volumes that are made for claims of the class (docs/facts/kubernetes.md#volume-claims). */
export function classFate({ json, name }: PlacedObject): DataFate {
  const policy = textAt(json, 'reclaimPolicy') ?? 'Delete';
  return fateBy(policy, `reclaimPolicy: ${policy} of StorageClass "${name}"`, ['reclaimPolicy']);
}

export const volumeAttributesClass: Kind = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  isOfCluster: true,
  served: { versions: ['v1', 'v1beta1'], deprecated: ['v1beta1'], since: 'Kubernetes 1.34' },
};

const SNAPSHOTS = 'snapshot.storage.k8s.io';

export const volumeSnapshotClass: Kind = {
  ...csiClass,
  group: SNAPSHOTS,
  kind: 'VolumeSnapshotClass',
};

/** What a volume can be made of, as its claim refers to it. */
export const VOLUME_SNAPSHOT: Readonly<Record<'apiGroup' | 'kind', string>> = {
  apiGroup: SNAPSHOTS,
  kind: 'VolumeSnapshot',
};
