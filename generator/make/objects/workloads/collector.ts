import { type KubeObject, optional } from '../../../ground/kube-object.ts';
import type { WorkloadModel } from '../../model/model.ts';
import { envJson } from '../pod-template.ts';
import type { WorkloadForm } from '../workload-form.ts';

export const collectorForm: WorkloadForm = {
  needs: ['config', 'config: { exporters: … }'],
  unused: [
    'schedule',
    'health',
    'command',
    'args',
    'mounts',
    'imagePullSecrets',
    'selector',
    'serviceAccount',
  ],
  object: collector,
  isWhole: true,
  ownTerms: [['spec', 'config'], ['config']],
};

/** An OpenTelemetryCollector: its operator makes the pods, the Service and the ServiceAccount. */
function collector(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, ports, envFrom, env } = workload;
  return {
    apiVersion: 'opentelemetry.io/v1beta1',
    kind: 'OpenTelemetryCollector',
    metadata: { name, namespace },
    spec: {
      mode: workload.mode ?? 'deployment',
      ...optional('image', workload.image),
      ...optional('replicas', workload.replicas),
      ...(ports.length > 0 && {
        ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number })),
      }),
      ...(envFrom.length > 0 && { envFrom }),
      ...(env.length > 0 && { env: env.map(envJson) }),
      ...optional('resources', workload.resources),
      config: workload.config ?? {},
    },
  };
}
