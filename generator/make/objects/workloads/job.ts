import type { KubeObject } from '../../../ground/kube-object.ts';
import { SYNC_OPTIONS } from '../../../kinds/argocd/sync-options.ts';
import type { WorkloadModel } from '../../model/model.ts';
import { podTemplate } from '../pod-template.ts';
import { IMAGE, type WorkloadForm } from '../workload-form.ts';

export const jobForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'schedule', 'replicas'],
  object: job,
};

/** A Job's pods cannot change; Argo CD replaces the whole Job instead of failing to patch it. */
function job(workload: WorkloadModel, namespace: string): KubeObject {
  const annotations = { [SYNC_OPTIONS]: 'Force=true,Replace=true' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: workload.name, namespace, annotations },
    spec: { template: podTemplate(workload, 'OnFailure') },
  };
}
