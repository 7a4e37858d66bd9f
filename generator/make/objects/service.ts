import type { KubeObject } from '../../ground/kube-object.ts';
import type { WorkloadModel } from '../model/model.ts';

/** The Service of a workload's ports; a StatefulSet's is headless, so that its pods have names. */
export function service(
  { name, ports, kind, selector }: WorkloadModel,
  namespace: string,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      ...(kind === 'StatefulSet' && { clusterIP: 'None' }),
      selector,
      ports: ports.map(({ name: port, port: number }) => ({
        name: port,
        port: number,
        protocol: 'TCP',
        targetPort: port,
      })),
    },
  };
}
