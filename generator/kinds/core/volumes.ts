import type { JsonObject, Usual } from '../../core/json.ts';
import { mapAt, textAt, withoutUsual, words } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { type DataFate, fateBy } from '../facets.ts';
import type { Find, Kind, PlacedObject, Read } from '../kind.ts';
import { changedPaths, fixedAt, ofKubernetes, specOf } from '../kind.ts';
import { driverReads } from '../pods.ts';
import { readOf, specFields } from '../secret-refs.ts';

/** The defaults of a claim, and of a template of claims. */
export const CLAIM: Usual = { volumeMode: 'Filesystem' };

export const persistentVolumeClaim: Kind = {
  ...ofKubernetes('', 'PersistentVolumeClaim', '1.0'),
  isUnmistakable: true,
  data: { isPrecious: true, fate: (object, find) => claimFate(specOf(object), find) },
  changes: {
    normalForm: withoutUsual({ spec: CLAIM }),
    /** The cluster fills in missing fields, so only the fields that both sides have are compared. */
    fixed: (before, after) => {
      const has = (side: KubeObject, field: string): boolean =>
        (mapAt(side, 'spec')[field] ?? CLAIM[field]) !== undefined;
      const fields = FIXED.filter(field => has(before, field) && has(after, field));
      const paths = fields.map(field => ['spec', field]);
      return changedPaths(paths, before, after);
    },
  },
};

const FIXED = words(
  'accessModes dataSource dataSourceRef selector storageClassName volumeMode volumeName',
);

/** What happens to a deleted claim's volume, by the volume or its class (docs/facts/kubernetes.md#volume-claims). */
function claimFate(spec: JsonObject, find: Find): DataFate {
  const { volumeName, storageClassName } = spec;
  if (typeof volumeName === 'string' && volumeName !== '') {
    const volume = find(persistentVolume, '', volumeName);
    return volume ? volumeFate(volume) : unread(`PersistentVolume "${volumeName}"`);
  }
  if (storageClassName === '') return unread('PersistentVolume that it is bound to');
  if (typeof storageClassName !== 'string') return unread('default StorageClass');
  const found = find(storageClass, '', storageClassName);
  return found ? classFate(found) : unread(`StorageClass "${storageClassName}"`);
}

function unread(what: string): DataFate {
  return { fate: 'unknown', because: `the ${what} decides, and is not here` };
}

/** The Secrets of each step of a CSI driver (k8s.io/api 0.36, CSIPersistentVolumeSource). */
const stepReads = specFields('csi', {
  'csi.controllerExpandSecretRef': [],
  'csi.controllerPublishSecretRef': [],
  'csi.nodeExpandSecretRef': [],
  'csi.nodePublishSecretRef': [],
  'csi.nodeStageSecretRef': [],
});

const persistentVolume: Kind = {
  ...ofKubernetes('', 'PersistentVolume', '1.0'),
  isOfCluster: true,
  data: { reclaimFate: volumeFate },
  reads: object => {
    const home = textAt(specOf(object), 'claimRef', 'namespace');
    return [...driverReads(specOf(object), ['spec']), ...stepReads(object)].map(read => {
      const namespace = read.namespace ?? home;
      return { ...read, ...(namespace === undefined ? { isAnywhere: true } : { namespace }) };
    });
  },
};

const POLICY = ['spec', 'persistentVolumeReclaimPolicy'] as const;

/** What happens to the data of a written volume when its claim is deleted (docs/facts/kubernetes.md#volume-claims). */
function volumeFate({ json, name }: PlacedObject): DataFate {
  const policy = textAt(json, ...POLICY) ?? 'Retain';
  return fateBy(policy, `${POLICY[1]}: ${policy} of PersistentVolume "${name}"`, POLICY);
}

/** The spec of a claim of a class; without one it is the default. */
export function claimOf(storageClass: unknown): JsonObject {
  return typeof storageClass === 'string' ? { storageClassName: storageClass } : {};
}

/** What happens to data whose claims (by their specs) are deleted: the worst. `because`: what deletes them. */
export function fateOfClaims(claims: readonly JsonObject[], find: Find, because: string): DataFate {
  const fates = (claims.length === 0 ? [{}] : claims).map(claim => claimFate(claim, find));
  const [worst] = ['deleted', 'unknown', 'kept'].flatMap(
    word => fates.find(({ fate }) => fate === word) ?? [],
  );
  return { fate: worst?.fate ?? 'unknown', because: `${because}; ${worst?.because}` };
}

/** The fate of a StatefulSet's claims: `whenDeleted` in the field `policy` decides (docs/facts/kubernetes.md#volume-claims). */
export function fateOfSet(
  object: PlacedObject,
  policy: readonly string[],
  claims: readonly JsonObject[],
  find: Find,
): DataFate | undefined {
  if (claims.length === 0) return undefined;
  const path = [...policy, 'whenDeleted'];
  const word = textAt(specOf(object), ...path) ?? 'Retain';
  const because = `${path.slice(-2).join('.')}: ${word}`;
  if (word === 'Delete') return fateOfClaims(claims, find, because);
  const fate = fateBy(word, because, ['spec', ...path]);
  return fate.fate === 'kept' ? { ...fate, hasClaimsAgain: true } : fate;
}

const NAME = /^csi\.storage\.k8s\.io\/[a-z-]{1,60}-secret-name$/;

/** Names of Secrets that operators make for their own drivers (docs/facts/operators.md#csi-drivers). */
const OPERATORS_OWN = /^rook-csi-|^px-user-token$/;

function csiSecretReads({ json }: PlacedObject): Read[] {
  return Object.entries(mapAt(json, 'parameters')).flatMap(([parameter, name]) => {
    if (!NAME.test(parameter) || OPERATORS_OWN.test(String(name))) return [];
    const namespace = textAt(json, 'parameters', `${parameter}space`);
    const reads = readOf({ name, path: ['parameters', parameter], how: 'csi', namespace });
    return reads.map(read => ({ ...read, isAnywhere: namespace === undefined }));
  });
}

/** A driver logs in before it serves anything, so people often create its Secret by hand. */
const csiClass = {
  isOfCluster: true,
  reads: csiSecretReads,
  secrets: { byHand: csiSecretReads },
} as const;

export const storageClass: Kind = {
  ...csiClass,
  ...ofKubernetes('storage.k8s.io', 'StorageClass', '1.22'),
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

const SNAPSHOTS = 'snapshot.storage.k8s.io';

export const volumeKinds: readonly Kind[] = [
  persistentVolume,
  {
    group: 'storage.k8s.io',
    kind: 'VolumeAttributesClass',
    isOfCluster: true,
    served: { versions: ['v1', 'v1beta1'], deprecated: ['v1beta1'], since: 'Kubernetes 1.34' },
  },
  { ...csiClass, group: SNAPSHOTS, kind: 'VolumeSnapshotClass' },
];

/** What a volume can be made of, as its claim refers to it. */
export const VOLUME_SNAPSHOT: Readonly<Record<'apiGroup' | 'kind', string>> = {
  apiGroup: SNAPSHOTS,
  kind: 'VolumeSnapshot',
};
