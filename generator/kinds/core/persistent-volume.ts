import { textAt } from '../../ground/json.ts';
import { type DataFate, fateBy } from '../data-fate.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { driverReads, secretRefRead } from '../pod-reads.ts';
import type { Read } from '../secret-ends.ts';

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
  reclaims: volumeFate,
  reads: object =>
    [
      ...driverReads(specOf(object), ['spec']),
      ...STEPS.flatMap(step => secretRefRead(specOf(object), ['spec'], 'csi', step)),
    ].map(read => inNamespaceOfClaim(read, object)),
};

const POLICY = ['spec', 'persistentVolumeReclaimPolicy'] as const;

/** Of a volume that people write, once its claim is deleted (docs/facts/kubernetes.md#volume-claims). */
export function volumeFate({ json, name }: PlacedObject): DataFate {
  const policy = textAt(json, ...POLICY) ?? 'Retain';
  return fateBy(policy, `${POLICY[1]}: ${policy} of PersistentVolume "${name}"`, POLICY);
}

/** Without a namespace that of the claim is meant. */
function inNamespaceOfClaim(read: Read, object: PlacedObject): Read {
  const namespace = read.namespace ?? textAt(specOf(object), 'claimRef', 'namespace');
  return { ...read, ...(namespace === undefined ? { isAnywhere: true } : { namespace }) };
}
