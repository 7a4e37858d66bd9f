import { type KubeObject, optional } from '../../ground/kube-object.ts';

/** The identity of a workload; it has no rights and no token until a patch gives it some. */
export function serviceAccount(
  name: string,
  namespace: string,
  annotations: Readonly<Record<string, string>> | undefined,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, ...optional('annotations', annotations) },
    automountServiceAccountToken: false,
  };
}
