import { mapAt } from '../../ground/json.ts';
import type { PlacedObject } from '../kind.ts';
import { cnpgCluster } from './cluster.ts';
import { pooler } from './pooler.ts';

/** The label of a pod with the name of its Cluster. */
export const CLUSTER_LABEL = 'cnpg.io/cluster';

/** What pods had before, with the name of the instance, and have no more. */
export const FORMER_LABEL = 'postgresql';

/** The labels that CNPG gives pods, with their values where there are few (docs/facts/cnpg.md#pod-labels). */
const POD_LABELS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  [CLUSTER_LABEL, undefined],
  ['cnpg.io/instanceName', undefined],
  ['cnpg.io/instanceRole', ['primary', 'replica']],
  ['cnpg.io/jobRole', undefined],
  ['cnpg.io/podRole', ['instance', 'pooler']],
  ['cnpg.io/poolerName', undefined],
  ['role', ['primary', 'replica']],
]);

/** The names of the labels in CNPG's own namespace that pods have. */
export const POD_LABEL_NAMES: readonly string[] = [...POD_LABELS.keys()].filter(isCnpgLabel);

/** Whether a label is one of CNPG's. */
export function isCnpgLabel(label: string): boolean {
  return label.startsWith('cnpg.io/');
}

/** The values that a label of CNPG's pods has; undefined: any, or it is none of theirs. */
export function podLabelValues(label: string): readonly string[] | undefined {
  return POD_LABELS.get(label);
}

/** Labels that a manifest gives the pods of CNPG; those of the Cluster itself the operator may pass on. */
export function givenLabels({ json, known }: PlacedObject): string[] {
  if (known === pooler) return Object.keys(mapAt(json, 'spec', 'template', 'metadata', 'labels'));
  if (known !== cnpgCluster) return [];
  return [
    ...Object.keys(mapAt(json, 'metadata', 'labels')),
    ...Object.keys(mapAt(json, 'spec', 'inheritedMetadata', 'labels')),
  ];
}
