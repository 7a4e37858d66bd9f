import type { Path } from '../core/finding.ts';
import { durationSeconds } from '../core/units.ts';

/** Where backups are written. */
export interface BackupPlace {
  /** The field that says so. */
  readonly path: Path;
  /** In words, as the object says it. */
  readonly called: string;
  /** Two places with one text are one; undefined: another object says it, which is not here. */
  readonly place: string | undefined;
  /** The place that it is a part of, where an object has that for itself. */
  readonly within?: string;
}

/** Whether two places are one, as far as what both say tells. */
export function isOnePlace(a: BackupPlace, b: BackupPlace): boolean {
  const isSeen = a.place !== undefined && b.place !== undefined;
  return isSeen ? a.place === b.place : a.called === b.called;
}

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
  /** Not only of objects with some labels. */
  readonly isWhole: boolean;
}

/** The scope of a plan that names one object. */
export function scopeOf(what: BackupScope['what'], name: string): BackupScope {
  return { what, names: [name], except: [], isWhole: true };
}

/** How much of its backups something keeps. */
export interface Retention {
  readonly path: Path;
  /** As it is written, or what holds where nothing is. */
  readonly text: string;
  /** Days, or a number of backups: only to be compared with what stands at the same path. */
  readonly amount: number;
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

/** A window of Barman Cloud, `30d`, `4w` or `1m`; without one everything is kept. */
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

/** What becomes of data once the object that keeps it is deleted. */
export interface DataFate {
  /** unknown: something that is not in the manifests decides. */
  readonly fate: 'deleted' | 'kept' | 'unknown';
  /** Its claims stay, and another one of its name has them again. */
  readonly hasClaimsAgain?: true;
  /** What decides, as people write it: `reclaimPolicy: Retain of StorageClass "fast"`. */
  readonly because: string;
  /** The field of the object that decides; absent: it has none. */
  readonly path?: Path;
}

/** The fate by a policy with the two words that Kubernetes has for it. */
export function fateBy(policy: string, because: string, path?: Path): DataFate {
  const fate = policy === 'Retain' ? 'kept' : policy === 'Delete' ? 'deleted' : 'unknown';
  return { fate, because, ...(path !== undefined && { path }) };
}
