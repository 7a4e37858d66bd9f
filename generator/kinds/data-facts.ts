import type { Path } from '../core/finding.ts';
import { durationSeconds } from '../core/units.ts';

/** What happens to data when the object that keeps it is deleted. */
export interface DataFate {
  /** unknown: the manifests do not decide it. */
  readonly fate: 'deleted' | 'kept' | 'unknown';
  /** Its claims stay, and a new object of the same name takes them over. */
  readonly hasClaimsAgain?: true;
  /** What decides, as people write it: `reclaimPolicy: Retain of StorageClass "fast"`. */
  readonly because: string;
  /** The field of the object that decides, if one does. */
  readonly path?: Path;
}

/** The fate by a policy that is Retain or Delete, as Kubernetes' are. */
export function fateBy(policy: string, because: string, path?: Path): DataFate {
  const fate = policy === 'Retain' ? 'kept' : policy === 'Delete' ? 'deleted' : 'unknown';
  return { fate, because, ...(path !== undefined && { path }) };
}

/** Where backups are written. */
export interface BackupPlace {
  /** The field that says so. */
  readonly path: Path;
  /** In words, as the object says it. */
  readonly called: string;
  /** Equal texts are the same place; undefined: an object says it that is not here. */
  readonly place: string | undefined;
  /** The place around it, where another object stands for that one. */
  readonly within?: string;
}

/** Whether two places are the same, as far as their objects tell. */
export function isOnePlace(a: BackupPlace, b: BackupPlace): boolean {
  const isSeen = a.place !== undefined && b.place !== undefined;
  return isSeen ? a.place === b.place : a.called === b.called;
}

/** A plan by which backups are made again and again. */
export interface BackupPlan {
  /** It is suspended or paused. */
  readonly isStopped: boolean;
  /** The field that stops it, or that says what it backs up. */
  readonly path: Path;
  readonly scope: BackupScope;
  /** A cron schedule, or a word for one. */
  readonly schedule?: string;
  /** Where and how its backups are written, as its object says it: plans with other texts write elsewhere. */
  readonly target?: string;
}

/** What a plan backs up: objects by name, or all except some. */
export interface BackupScope {
  readonly what:
    | 'CNPG Cluster'
    | 'MariaDB'
    | 'PostgresCluster'
    | 'PersistentVolumeClaim'
    | 'dump'
    | 'group'
    | 'namespace';
  readonly names: readonly string[] | 'all';
  readonly except: readonly string[];
  /** It does not leave out objects by their labels. */
  readonly isWhole: boolean;
}

/** The scope of a plan that names one object. */
export function scopeOf(what: BackupScope['what'], name: string): BackupScope {
  return { what, names: [name], except: [], isWhole: true };
}

/** How many backups something keeps, or for how long. */
export interface Retention {
  readonly path: Path;
  /** As it is written, or the default. */
  readonly text: string;
  /** Days, or a number of backups: compare it only with an amount at the same path. */
  readonly amount: number;
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

/** A window of Barman Cloud, `30d`, `4w` or `1m`. Without a window all backups are kept. */
export function windowRetention(text: string | undefined, path: Path): Retention[] {
  if (text === undefined || text === '') return [{ path, text: 'all', amount: Infinity }];
  const [, count, unit = ''] = /^([1-9]\d{0,5})([dwm])$/.exec(text) ?? [];
  const days = DAYS[unit];
  return days === undefined ? [] : [{ path, text, amount: Number(count) * days }];
}

/** A duration as Go writes it. */
export function durationRetention(text: string, path: Path): Retention[] {
  const seconds = durationSeconds(text);
  return seconds === undefined ? [] : [{ path, text, amount: seconds / 86_400 }];
}

/** A number of backups. */
export function countRetention(value: unknown, path: Path): Retention[] {
  return typeof value === 'number' ? [{ path, text: String(value), amount: value }] : [];
}
