import type { KubeObject } from '../../ground/kube-object.ts';

/** The namespace of an environment. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
