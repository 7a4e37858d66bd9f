import { textAt } from '../../ground/json.ts';
import { type DataFate, fateBy } from '../data-fate.ts';
import { fixedAt } from '../fixed-fields.ts';
import type { Kind, PlacedObject } from '../kind.ts';
import { csiClass } from './csi-secrets.ts';

export const storageClass: Kind = {
  ...csiClass,
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  reclaims: classFate,
  fixed: fixedAt(['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']),
};

/** Of the volumes that are made for claims of the class (docs/facts/kubernetes.md#volume-claims). */
export function classFate({ json, name }: PlacedObject): DataFate {
  const policy = textAt(json, 'reclaimPolicy') ?? 'Delete';
  return fateBy(policy, `reclaimPolicy: ${policy} of StorageClass "${name}"`, ['reclaimPolicy']);
}
