import { withField, without } from '../../ground/changed-value.ts';
import type { Kind } from '../kind.ts';
import { dumpPlan } from './dumps.ts';
import { jobForm } from './job.ts';

export const cronJob: Kind = {
  group: 'batch',
  kind: 'CronJob',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.25' },
  backupPlan: dumpPlan,
  pods: {
    path: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    restarts: 'not always',
  },
  form: object =>
    withField(object, 'spec', spec =>
      withField(without(DEFAULTS, spec), 'jobTemplate', template =>
        withField(template, 'spec', jobForm),
      ),
    ),
};

const DEFAULTS = {
  concurrencyPolicy: 'Allow',
  suspend: false,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 1,
};
