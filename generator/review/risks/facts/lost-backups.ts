import { objectIdentity } from '../../../graph/graph-of.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { runsPerMonth } from '../../../ground/cron.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { sortBy } from '../../../ground/sort-by.ts';
import type { BackupPlan, BackupScope } from '../../../kinds/backups.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { targetState } from './backup-targets.ts';
import { isTemplate } from './templates.ts';

/** A plan and the object that it is of. */
export interface Planned {
  readonly object: PlacedObject;
  readonly plan: BackupPlan;
}

/** What is backed up no more, or less often, as plans of base are not in force on head. */
export interface LostBackup {
  /** Those that go, the most frequent first. */
  readonly gone: readonly [Planned, ...Planned[]];
  readonly scope: BackupScope;
  /** Names that no plan is of any more; `all`: none is of all. Empty: it only comes less often. */
  readonly missing: readonly string[] | 'all';
  /** Plans of head that are of a part of it. */
  readonly left: readonly Planned[];
  /** Whether what it was of may be gone as well. */
  readonly isUncertain: boolean;
  /** Runs in a month, before and after. */
  readonly runs?: readonly [before: number, after: number];
}

/** The backups that plans of base make and those of head do not, scope by scope. */
export function lostBackups(comparison: Comparison): LostBackup[] {
  const { base, head, own } = comparison;
  const before = plansOf(base).filter(({ object }) => own.has(object));
  if (before.length === 0) return [];
  const after = plansOf(head);
  const groups = groupBy(before, ({ plan }) => JSON.stringify(plan.scope));
  return [...groups.values()].flatMap(group => lostOf(comparison, group, after));
}

/** The plans that are in force, the most frequent first. */
function plansOf({ objects }: SecretGraph): Planned[] {
  const all = objects.flatMap(object => {
    const plan = object.known?.backupPlan?.(object);
    return plan === undefined || plan.isStopped || isTemplate(object) ? [] : [{ object, plan }];
  });
  return sortBy(all, ({ object, plan }) =>
    JSON.stringify([1e6 - Math.round(runsOf(plan) ?? 0), objectIdentity(object)]),
  );
}

function runsOf({ schedule }: BackupPlan): number | undefined {
  return schedule === undefined ? undefined : runsPerMonth(schedule);
}

function lostOf(
  comparison: Comparison,
  group: readonly Planned[],
  after: readonly Planned[],
): LostBackup[] {
  const still = new Map(
    after.map(({ object, plan }) => [objectIdentity(object), JSON.stringify(plan)]),
  );
  const [first, ...others] = group.filter(
    ({ object, plan }) => still.get(objectIdentity(object)) !== JSON.stringify(plan),
  );
  if (first === undefined) return [];
  const { scope } = first.plan;
  const same = after.filter(({ plan }) => plan.scope.what === scope.what);
  const states = scope.names === 'all' ? [] : scope.names.map(targetOf(comparison, scope));
  const wanted = scope.names === 'all' ? 'all' : left(scope.names, states);
  const missing = missingOf({ ...scope, names: wanted }, same);
  const runs = missing.length === 0 ? rarer(group, same, scope) : undefined;
  if (wanted.length === 0 || (missing.length === 0 && runs === undefined)) return [];
  return [
    {
      gone: [first, ...others],
      scope,
      missing,
      left: scope.names === 'all' ? same : [],
      isUncertain: states.includes('unknown'),
      ...(runs !== undefined && { runs }),
    },
  ];
}

type State = ReturnType<typeof targetState>;

function targetOf(comparison: Comparison, { what }: BackupScope): (name: string) => State {
  return name => targetState(comparison, what, name);
}

/** What goes itself needs no backup. */
function left(names: readonly string[], states: readonly State[]): string[] {
  return names.filter((_, index) => states[index] !== 'gone');
}

function missingOf(scope: BackupScope, plans: readonly Planned[]): LostBackup['missing'] {
  if (scope.names !== 'all')
    return scope.names.filter(name => !plans.some(({ plan }) => isOf(plan.scope, name, scope)));
  const wide = plans.flatMap(({ plan }) =>
    plan.scope.names === 'all' && isAsWhole(plan.scope, scope) ? [plan.scope.except] : [],
  );
  const [best] = wide
    .map(except => {
      const names = except.filter(name => !scope.except.includes(name));
      return missingOf({ ...scope, names }, plans);
    })
    .sort((a, b) => a.length - b.length);
  return best ?? 'all';
}

function isOf({ names, except, ...plan }: BackupScope, name: string, wanted: BackupScope): boolean {
  const isNamed = names === 'all' ? !except.includes(name) : names.includes(name);
  return isNamed && isAsWhole(plan, wanted);
}

function isAsWhole(
  plan: Pick<BackupScope, 'isWhole'>,
  wanted: Pick<BackupScope, 'isWhole'>,
): boolean {
  return plan.isWhole || !wanted.isWhole;
}

/** Half as often is as good as before to most. */
const MUCH_RARER = 2;

function rarer(
  group: readonly Planned[],
  plans: readonly Planned[],
  scope: BackupScope,
): LostBackup['runs'] {
  const whole = plans.filter(planned => missingOf(scope, [planned]).length === 0);
  const [before, after] = [group, whole].map(list => list.map(({ plan }) => runsOf(plan)));
  if (before === undefined || after === undefined) return undefined;
  if ([...before, ...after].includes(undefined)) return undefined;
  const [was, is] = [before, after].map(runs => Math.max(0, ...runs.map(Number)));
  if (was === undefined || is === undefined || was <= is * MUCH_RARER) return undefined;
  return [was, is];
}
