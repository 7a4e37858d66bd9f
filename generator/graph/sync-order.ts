import { annotationOf, type Item } from './item.ts';

const PHASES = ['PreSync', 'Sync', 'PostSync', 'SyncFail'];

/** When Argo CD applies an object: its phase, then its wave. */
interface SyncOrder {
  readonly phase: number;
  readonly wave: number;
  /** Some annotation says so, not only the default. */
  readonly isGiven: boolean;
}

/** Hooks come before or after everything that is none; within a phase waves go up. */
function syncOrderOf(item: Item): SyncOrder {
  const hook = annotationOf(item, 'argocd.argoproj.io/hook');
  const wave = annotationOf(item, 'argocd.argoproj.io/sync-wave');
  const phase = PHASES.indexOf(hook?.split(',')[0]?.trim() ?? 'Sync');
  const number = Number(wave ?? 0);
  return {
    phase: phase < 0 ? 1 : phase,
    wave: Number.isInteger(number) ? number : 0,
    isGiven: hook !== undefined || wave !== undefined,
  };
}

/** Whether an annotation says when Argo CD applies an object. */
export function hasSyncOrder(item: Item): boolean {
  return syncOrderOf(item).isGiven;
}

/** Whether the first comes in an earlier phase or wave than the second. */
export function isBefore(first: Item, second: Item): boolean {
  const [a, b] = [syncOrderOf(first), syncOrderOf(second)];
  if (!a.isGiven && !b.isGiven) return false;
  return a.phase < b.phase || (a.phase === b.phase && a.wave < b.wave);
}
