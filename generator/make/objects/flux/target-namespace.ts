import { groupOf, type KubeObject } from '../../../ground/kube-object.ts';
import { coreNamespace } from '../../../kinds/core/namespace.ts';
import { kindOf } from '../../../kinds/kinds.ts';

/**
 * Whether all objects may be put into a namespace: Flux has kustomize do that, which moves those of other
 * namespaces too, gives one to cluster-wide objects whose kind it does not know, and renames Namespaces
 * (docs/facts/flux.md#target-namespace).
 */
export function isAllIn(namespace: string, objects: readonly KubeObject[]): boolean {
  return objects.every(object => isIn(namespace, object));
}

function isIn(namespace: string, object: KubeObject): boolean {
  const { kind, metadata } = object;
  const group = groupOf(object);
  if (group === coreNamespace.group && kind === coreNamespace.kind)
    return metadata.name === namespace;
  const known = kindOf(group, kind);
  if (known?.isOfCluster === true) return isBuiltIn(group);
  if (metadata.namespace !== undefined) return metadata.namespace === namespace;
  return known !== undefined || isBuiltIn(group);
}

/** Whether a kind is of Kubernetes itself, of which kustomize knows what belongs to the cluster. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
