import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';

/** An ESO generator, such as Password: makes values instead of reading them. */
export function generator(
  kind: string,
  spec: JsonObject,
  name: string,
  namespace: string,
): KubeObject {
  return {
    apiVersion: 'generators.external-secrets.io/v1alpha1',
    kind,
    metadata: { name, namespace },
    spec,
  };
}
