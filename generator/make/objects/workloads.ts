import type { WorkloadKind } from '../spec/workload-spec.ts';
import type { WorkloadForm } from './workload-form.ts';
import { collectorForm } from './workloads/collector.ts';
import { cronJobForm } from './workloads/cron-job.ts';
import { daemonSetForm, deploymentForm } from './workloads/deployment.ts';
import { jobForm } from './workloads/job.ts';
import { statefulSetForm } from './workloads/stateful-set.ts';

/** What each makes of the short form. */
export const WORKLOADS: Readonly<Record<WorkloadKind, WorkloadForm>> = {
  Deployment: deploymentForm,
  StatefulSet: statefulSetForm,
  DaemonSet: daemonSetForm,
  Job: jobForm,
  CronJob: cronJobForm,
  OpenTelemetryCollector: collectorForm,
};
