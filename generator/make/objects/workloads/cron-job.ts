import type { Path, Report } from '../../../ground/finding.ts';
import type { KubeObject } from '../../../ground/kube-object.ts';
import { missing } from '../../model/missing-field.ts';
import type { WorkloadModel } from '../../model/model.ts';
import type { WorkloadSpec } from '../../spec/workload-spec.ts';
import { podTemplate } from '../pod-template.ts';
import { IMAGE, type WorkloadForm } from '../workload-form.ts';

export const cronJobForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'replicas'],
  check: checkCronJob,
  object: cronJob,
};

function cronJob(workload: WorkloadModel, namespace: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: workload.name, namespace },
    spec: {
      schedule: workload.schedule ?? '',
      jobTemplate: { spec: { template: podTemplate(workload, 'OnFailure') } },
    },
  };
}

function checkCronJob({ schedule }: WorkloadSpec, path: Path, report: Report): void {
  if (schedule === undefined) report(missing('schedule', path, 'schedule: "0 4 * * *"'));
  if (String(path.at(-1)).length > 52) report(longCronJob(path));
}

/** The names of a CronJob's Jobs are 11 characters longer than its own. */
function longCronJob(path: Path): Parameters<Report>[0] {
  return {
    id: 'illegal-name',
    message: `"${path.at(-1)}" is not a legal name for a CronJob`,
    hint: 'Write at most 52 characters.',
    path,
    isAboutName: true,
  };
}
