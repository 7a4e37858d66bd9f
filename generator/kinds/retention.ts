import type { Path } from '../ground/finding.ts';
import { durationSeconds } from '../ground/go-duration.ts';

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
