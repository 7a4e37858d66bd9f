import type { Json, JsonObject, Usual } from '../core/json.ts';
import { listAt, mapAt, scalarText, textAt, withoutUsual, words } from '../core/json.ts';
import { TEMPLATE, TEMPLATE_SPEC } from './apps.ts';
import { type BackupPlan, scopeOf } from './facets.ts';
import { changedPaths, type Kind, ofKubernetes, type PlacedObject, specOf } from './kind.ts';
import { podOf } from './pods.ts';

const JOB: Usual = {
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  suspend: false,
  manualSelector: false,
  parallelism: onlyOne,
  completions: onlyOne,
  template: TEMPLATE,
};

/** The default of `completions`: a Job wants as many as run at once, which is one by default. */
function onlyOne({ parallelism = 1, completions = 1 }: JsonObject): Json | undefined {
  return parallelism === 1 && completions === 1 ? 1 : undefined;
}

export const cronJob: Kind = {
  ...ofKubernetes('batch', 'CronJob', '1.25'),
  isUnmistakable: true,
  data: { backupPlan: dumpPlan },
  pods: { path: ['spec', 'jobTemplate', 'spec', 'template', 'spec'], restarts: 'not always' },
  changes: {
    normalForm: withoutUsual({
      spec: {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        jobTemplate: { spec: JOB },
      },
    }),
  },
};

const PROGRAMS =
  /(?<![\w-])(pg_dumpall|pg_dump|pg_basebackup|mysqldump|mariadb-dump|mariadb-backup|mongodump|etcdctl snapshot save|influx backup|restic backup|borg create|kopia snapshot create)(?![\w-])/;

/** Images that do nothing else. */
const IMAGES = /(?:postgres|pg|mysql|mariadb|mongo|mongodb|redis|db|database|etcd)-?backup/;

function dumpPlan(object: PlacedObject): BackupPlan | undefined {
  const program = programOf(object);
  if (program === undefined) return undefined;
  return {
    isStopped: specOf(object)['suspend'] === true,
    path: ['spec', 'suspend'],
    scope: scopeOf('dump', `${object.namespace}/${program}`),
    schedule: textAt(specOf(object), 'schedule'),
  };
}

function programOf(object: PlacedObject): string | undefined {
  const programs = (podOf(object)?.containers ?? []).flatMap(({ spec }) => {
    const command = ['command', 'args']
      .flatMap(field => listAt(spec, field).map(scalarText))
      .join(' ');
    return PROGRAMS.exec(command)?.[1] ?? IMAGES.exec(textAt(spec, 'image') ?? '')?.[0] ?? [];
  });
  return programs[0];
}

export const job: Kind = {
  ...ofKubernetes('batch', 'Job', '1.25'),
  pods: { path: TEMPLATE_SPEC, restarts: 'not always' },
  changes: {
    normalForm: withoutUsual({ spec: JOB }),
    /** Only a Job with an index may be given more to complete. */
    fixed: (before, after) => {
      const isIndexed = mapAt(after, 'spec')['completionMode'] === 'Indexed';
      const fields = isIndexed ? FIXED : [...FIXED, 'completions'];
      const paths = fields.map(field => ['spec', field]);
      return changedPaths(paths, before, after);
    },
  },
};

/** As ValidateJobSpecUpdate has it. */
export const FIXED: readonly string[] = words(
  'template selector completionMode podFailurePolicy successPolicy backoffLimitPerIndex managedBy',
);
