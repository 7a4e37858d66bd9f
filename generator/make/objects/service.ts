import type { KubeObject } from '../../ground/kube-object.ts';
import type { WorkloadModel } from '../model/model.ts';
import { selectorLabels } from './pod-template.ts';

/** The Service of a workload's ports; a StatefulSet's is headless, so that its pods have names. */
export function service({ name, ports, kind }: WorkloadModel, namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      ...(kind === 'StatefulSet' && { clusterIP: 'None' }),
      selector: selectorLabels(name),
      ports: ports.map(({ name: port, port: number }) => ({
        name: port,
        port: number,
        protocol: 'TCP',
        targetPort: port,
      })),
    },
  };
}
