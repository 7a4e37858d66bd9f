import type { Path } from '../../core/finding.ts';
import { type JsonObject, textAt, valueAt, withField, without } from '../../core/json.ts';
import { type DataFate, fateBy } from '../data-facts.ts';
import {
  changedPaths,
  type Find,
  type Kind,
  type PlacedObject,
  type Read,
  specOf,
} from '../kind.ts';
import { driverReads, secretRefRead } from '../pods.ts';
import { classFate, storageClass } from '../storage.ts';

/** What the API server fills in: of a claim, and of a template of claims. */
export const CLAIM: JsonObject = { volumeMode: 'Filesystem' };

export const persistentVolumeClaim: Kind = {
  group: '',
  kind: 'PersistentVolumeClaim',
  isUnmistakable: true,
  data: { isPrecious: true, fate: (object, find) => claimFate(specOf(object), find) },
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  changes: {
    normalForm: object => withField(object, 'spec', spec => without(CLAIM, spec)),
    /** What is left out, the cluster has filled in: only what both sides say can be compared. */
    fixed: (before, after) => {
      const paths = FIXED.map((field): Path => ['spec', field]);
      const isGiven = (path: Path): boolean =>
        [before, after].every(side => valueAt(side, path) !== undefined);
      return changedPaths(paths.filter(isGiven), before, after);
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

/**
 * What becomes of the volume of a claim with that spec when the claim is deleted: the volume that it
 * names decides, else the class that its volume is made by (docs/facts/kubernetes.md#volume-claims).
 */
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

/** What each step of a CSI driver may need (k8s.io/api 0.36, CSIPersistentVolumeSource). */
const STEPS = [
  'controllerExpandSecretRef',
  'controllerPublishSecretRef',
  'nodeExpandSecretRef',
  'nodePublishSecretRef',
  'nodeStageSecretRef',
];

export const persistentVolume: Kind = {
  group: '',
  kind: 'PersistentVolume',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  data: { reclaimFate: volumeFate },
  reads: object =>
    [
      ...driverReads(specOf(object), ['spec']),
      ...STEPS.flatMap(step => secretRefRead(specOf(object), ['spec'], 'csi', step)),
    ].map(read => inNamespaceOfClaim(read, object)),
};

const POLICY = ['spec', 'persistentVolumeReclaimPolicy'] as const;

/** Of a volume that people write, once its claim is deleted (docs/facts/kubernetes.md#volume-claims). */
function volumeFate({ json, name }: PlacedObject): DataFate {
  const policy = textAt(json, ...POLICY) ?? 'Retain';
  return fateBy(policy, `${POLICY[1]}: ${policy} of PersistentVolume "${name}"`, POLICY);
}

/** Without a namespace that of the claim is meant. */
function inNamespaceOfClaim(read: Read, object: PlacedObject): Read {
  const namespace = read.namespace ?? textAt(specOf(object), 'claimRef', 'namespace');
  return { ...read, ...(namespace === undefined ? { isAnywhere: true } : { namespace }) };
}

/**
 * What becomes of data whose claims are deleted: the worst that becomes of one of their volumes.
 * `claims` are the specs of the claims, of which one is there even where none is written; `because`
 * says what deletes them.
 */
export function fateOfClaims(claims: readonly JsonObject[], find: Find, because: string): DataFate {
  const fates = claims.map(claim => claimFate(claim, find));
  const one = (word: DataFate['fate']): DataFate | undefined =>
    fates.find(({ fate }) => fate === word);
  const worst = one('deleted') ?? one('unknown') ?? one('kept') ?? claimFate({}, find);
  return { fate: worst.fate, because: `${because}; ${worst.because}` };
}

/**
 * What becomes of data in the claims of a StatefulSet: they stay unless `whenDeleted` below the field
 * `policy` of an object's spec says otherwise (docs/facts/kubernetes.md#volume-claims).
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
