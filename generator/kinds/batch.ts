import type { Path } from '../core/finding.ts';
import { type JsonObject, listAt, mapAt, textAt, withField, without } from '../core/json.ts';
import { TEMPLATE_SPEC, workloadForm } from './apps.ts';
import { type BackupPlan, scopeOf } from './facets.ts';
import { changedPaths, type Kind, type PlacedObject, specOf } from './kind.ts';
import { podOf } from './pods.ts';

export const cronJob: Kind = {
  group: 'batch',
  kind: 'CronJob',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.25' },
  data: { backupPlan: dumpPlan },
  pods: { path: ['spec', 'jobTemplate', 'spec', 'template', 'spec'], restarts: 'not always' },
  changes: {
    normalForm: object =>
      withField(object, 'spec', spec =>
        withField(without(CRON_JOB_DEFAULTS, spec), 'jobTemplate', template =>
          withField(template, 'spec', jobForm),
        ),
      ),
  },
};

const CRON_JOB_DEFAULTS = {
  concurrencyPolicy: 'Allow',
  suspend: false,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 1,
};

/** Programs that copy data away, as a command names them. */
const PROGRAMS =
  /(?<![\w-])(pg_dumpall|pg_dump|pg_basebackup|mysqldump|mariadb-dump|mariadb-backup|mongodump|etcdctl snapshot save|influx backup|restic backup|borg create|kopia snapshot create)(?![\w-])/;

/** Images that do nothing else. */
const IMAGES = /(?:postgres|pg|mysql|mariadb|mongo|mongodb|redis|db|database|etcd)-?backup/;

/** The copies that a CronJob takes, where a command or an image tells. */
function dumpPlan(object: PlacedObject): BackupPlan | undefined {
  const program = programOf(object);
  if (program === undefined) return undefined;
  const schedule = textAt(specOf(object), 'schedule');
  return {
    isStopped: specOf(object)['suspend'] === true,
    path: ['spec', 'suspend'],
    scope: scopeOf('dump', `${object.namespace}/${program}`),
    ...(schedule !== undefined && { schedule }),
  };
}

function programOf(object: PlacedObject): string | undefined {
  for (const { spec } of podOf(object)?.containers ?? []) {
    const command = ['command', 'args'].flatMap(field => listAt(spec, field).map(String)).join(' ');
    const image = textAt(mapAt(spec), 'image') ?? '';
    const found = PROGRAMS.exec(command)?.[1] ?? IMAGES.exec(image)?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

export const job: Kind = {
  group: 'batch',
  kind: 'Job',
  served: { versions: ['v1'], since: 'Kubernetes 1.25' },
  pods: { path: TEMPLATE_SPEC, restarts: 'not always' },
  changes: {
    normalForm: object => withField(object, 'spec', jobForm),
    /** Only a Job with an index may be given more to complete. */
    fixed: (before, after) => {
      const isIndexed = mapAt(after, 'spec')['completionMode'] === 'Indexed';
      const fields = isIndexed ? FIXED : [...FIXED, 'completions'];
      return changedPaths(
        fields.map((field): Path => ['spec', field]),
        before,
        after,
      );
    },
  },
};

/** As ValidateJobSpecUpdate has it. */
export const FIXED: readonly string[] = [
  'template',
  'selector',
  'completionMode',
  'podFailurePolicy',
  'successPolicy',
  'backoffLimitPerIndex',
  'managedBy',
];

const JOB_DEFAULTS: JsonObject = {
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  suspend: false,
  manualSelector: false,
};

/** Without a number of completions a Job wants as many as run at once: one, if nothing is said. */
function jobForm(spec: JsonObject): JsonObject {
  const isOne = (spec['parallelism'] ?? 1) === 1 && (spec['completions'] ?? 1) === 1;
  return workloadForm(
    isOne ? { ...JOB_DEFAULTS, parallelism: 1, completions: 1 } : JOB_DEFAULTS,
    spec,
  );
}
