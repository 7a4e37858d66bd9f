import type { Path } from '../../core/finding.ts';
import { type JsonObject, textAt, valueAt, withField, without } from '../../core/json.ts';
import { type DataFate, fateBy } from '../facets.ts';
import {
  changedPaths,
  type Find,
  type Kind,
  type PlacedObject,
  type Read,
  specOf,
} from '../kind.ts';
import { driverReads } from '../pods.ts';
import { specFieldReads } from '../secret-refs.ts';
import { classFate, storageClass } from '../storage.ts';

/** The defaults of a claim, and of a template of claims. */
export const CLAIM: JsonObject = { volumeMode: 'Filesystem' };

export const persistentVolumeClaim: Kind = {
  group: '',
  kind: 'PersistentVolumeClaim',
  isUnmistakable: true,
  data: { isPrecious: true, fate: (object, find) => claimFate(specOf(object), find) },
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  changes: {
    normalForm: object => withField(object, 'spec', spec => without(CLAIM, spec)),
    /** The cluster fills in missing fields, so only the fields that both sides have are compared. */
    fixed: (before, after) => {
      const given = FIXED.filter(field =>
        [before, after].every(
          side => (valueAt(side, ['spec', field]) ?? CLAIM[field]) !== undefined,
        ),
      );
      return changedPaths(
        given.map((field): Path => ['spec', field]),
        before,
        after,
      );
    },
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

/** What happens to a deleted claim's volume, by the volume or its class (docs/facts/kubernetes.md#volume-claims). */
function claimFate(spec: JsonObject, find: Find): DataFate {
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

/** The fields for the Secrets of each step of a CSI driver (k8s.io/api 0.36, CSIPersistentVolumeSource). */
const STEPS = Object.fromEntries(
  ['controllerExpand', 'controllerPublish', 'nodeExpand', 'nodePublish', 'nodeStage'].map(step => [
    `csi.${step}SecretRef`,
    [],
  ]),
);

export const persistentVolume: Kind = {
  group: '',
  kind: 'PersistentVolume',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  data: { reclaimFate: volumeFate },
  reads: object =>
    [...driverReads(specOf(object), ['spec']), ...specFieldReads(object, 'csi', STEPS)].map(read =>
      inNamespaceOfClaim(read, object),
    ),
};

const POLICY = ['spec', 'persistentVolumeReclaimPolicy'] as const;

/** What happens to the data of a written volume when its claim is deleted (docs/facts/kubernetes.md#volume-claims). */
function volumeFate({ json, name }: PlacedObject): DataFate {
  const policy = textAt(json, ...POLICY) ?? 'Retain';
  return fateBy(policy, `${POLICY[1]}: ${policy} of PersistentVolume "${name}"`, POLICY);
}

/** The default namespace is that of the claim. */
function inNamespaceOfClaim(read: Read, object: PlacedObject): Read {
  const namespace = read.namespace ?? textAt(specOf(object), 'claimRef', 'namespace');
  return { ...read, ...(namespace === undefined ? { isAnywhere: true } : { namespace }) };
}

/** The spec of a claim of a class; without one it is the default. */
export function claimOf(storageClass: unknown): JsonObject {
  return typeof storageClass === 'string' ? { storageClassName: storageClass } : {};
}

/** What happens to data whose claims (by their specs) are deleted: the worst. `because`: what deletes them. */
export function fateOfClaims(claims: readonly JsonObject[], find: Find, because: string): DataFate {
  const fates = claims.map(claim => claimFate(claim, find));
  const fateIfAny = (word: DataFate['fate']): DataFate | undefined =>
    fates.find(({ fate }) => fate === word);
  const worst =
    fateIfAny('deleted') ?? fateIfAny('unknown') ?? fateIfAny('kept') ?? claimFate({}, find);
  return { fate: worst.fate, because: `${because}; ${worst.because}` };
}

/**
 * What happens to data in the claims of a StatefulSet: they stay, unless `whenDeleted` in the field `policy` of the
 * spec says otherwise (docs/facts/kubernetes.md#volume-claims).
 */
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
