import type { Path } from '../ground/finding.ts';

/** A plan by which backups are made again and again. */
export interface BackupPlan {
  /** Suspended or paused: nothing comes of it for now. */
  readonly isStopped: boolean;
  /** The field that stops it, or that says what it is of. */
  readonly path: Path;
  readonly scope: BackupScope;
  /** A cron schedule, or a word for one. */
  readonly schedule?: string;
}

/** What a plan is of: objects by their names, or all of them but some. */
export interface BackupScope {
  readonly what: 'CNPG Cluster' | 'MariaDB' | 'PersistentVolumeClaim' | 'group' | 'namespace';
  readonly names: readonly string[] | 'all';
  readonly except: readonly string[];
  /** Not only of objects with some labels. */
  readonly isWhole: boolean;
}

/** The scope of a plan that names one object. */
export function scopeOf(what: BackupScope['what'], name: string): BackupScope {
  return { what, names: [name], except: [], isWhole: true };
}
