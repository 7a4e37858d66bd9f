import type { KubeObject } from '../../ground/kube-object.ts';

/** The namespace of an environment. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** The namespace that the objects make; a shared cluster's make none. */
export function namespaceOf(objects: readonly KubeObject[]): string | undefined {
  return objects.find(({ kind }) => kind === 'Namespace')?.metadata.name;
}
