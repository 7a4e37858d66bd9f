import { mapAt, scalarText } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import {
  CLUSTER_LABEL,
  FORMER_LABEL,
  givenLabels,
  isCnpgLabel,
  POD_LABEL_NAMES,
  POD_LABELS,
} from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { coreService } from '../../kinds/kubernetes.ts';
import { type FaultText, type Rule, warning } from '../rule.ts';

// The operator's own configuration can give pods more labels, and is not read.
export const unmatchedSelector: Rule = warning('unmatched-selector', coreService, unmatchedIn);

function unmatchedIn(service: PlacedObject, graph: SecretGraph) {
  const selector = Object.entries(mapAt(specOf(service), 'selector'));
  const isForCnpg = selector.some(
    ([label, value]) =>
      isCnpgLabel(label) ||
      (label === FORMER_LABEL && graph.find(cnpgCluster, service.namespace, scalarText(value))),
  );
  if (!isForCnpg) return undefined;
  const handwritten = writtenLabels(graph, service.namespace);
  return selector.flatMap(([label, value]) => {
    const fault = handwritten.has(label) ? undefined : faultOf(label, scalarText(value));
    return fault === undefined ? [] : [{ path: ['spec', 'selector', label], ...fault }];
  });
}

function writtenLabels({ objects, pods }: SecretGraph, namespace: string): Set<string> {
  const isHere = (object: PlacedObject): boolean => object.namespace === namespace;
  const ofPods = pods
    .filter(({ object }) => isHere(object))
    .flatMap(({ object, path }) =>
      Object.keys(mapAt(object.json, ...path.slice(0, -1), 'metadata', 'labels')),
    );
  return new Set([...objects.filter(isHere).flatMap(givenLabels), ...ofPods]);
}

function faultOf(label: string, value: string): FaultText | undefined {
  if (label === FORMER_LABEL)
    return {
      message: `the selector asks for the label "${label}", which CNPG does not set`,
      hint: `Write ${CLUSTER_LABEL}: ${value}.`,
    };
  if (isCnpgLabel(label) && !POD_LABEL_NAMES.includes(label))
    return {
      message: `the selector asks for the label "${label}", which no pod of CNPG has`,
      hint: knownNames('labels of its pods', label, POD_LABEL_NAMES),
    };
  const values = POD_LABELS.get(label);
  if (values === undefined || values.includes(value) || value.includes('$')) return undefined;
  return {
    message: `the selector asks for "${label}: ${value}", and pods of CNPG never have that`,
    hint: knownNames('values', value, values),
  };
}
