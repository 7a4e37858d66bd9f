import { groupBy, isSame, sortBy } from '../../core/json.ts';
import { runsPerMonth } from '../../core/units.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { archiversOf } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import { postgresCluster } from '../../kinds/crunchy.ts';
import type { BackupPlan, BackupScope } from '../../kinds/facets.ts';
import { type Kind, objectIdentity } from '../../kinds/kind.ts';
import { mariaDb } from '../../kinds/mariadb.ts';
import { counted } from '../../report/text.ts';
import { deletionOf } from '../appliers.ts';
import { type Changed, changedOf, type Diff, isSameObject } from '../diff.ts';
import { isTemplate, keepsData } from '../facts/claims.ts';
import type { Level, Risk, RiskRule } from '../risk.ts';
import { high, inWords, nameOf, placeOn, relatedObjects } from '../risk.ts';

export const backupRemoved: RiskRule = high('backup-removed', function* (diff) {
  const before = plansOf(diff.base).filter(({ object }) => diff.compared.has(object));
  const after = before.length === 0 ? [] : plansOf(diff.head);
  for (const group of groupBy(before, ({ plan }) => JSON.stringify(plan.scope)).values()) {
    const lost = lostOf(diff, group, after);
    if (lost !== undefined) yield* risksOf(diff, lost);
  }
  for (const change of changedOf(diff, cnpgCluster)) yield* archiveOff(change);
});

type Planned = ReturnType<typeof plansOf>[number];

function plansOf({ objects }: SecretGraph) {
  const all = objects.flatMap(object => {
    const plan = object.knownKind?.data?.backupPlan?.(object);
    return plan === undefined || plan.isStopped || isTemplate(object) ? [] : [{ object, plan }];
  });
  return sortBy(all, ({ object, plan }) =>
    JSON.stringify([1e6 - Math.round(runsOf(plan) ?? 0), objectIdentity(object)]),
  );
}

function runsOf({ schedule }: BackupPlan): number | undefined {
  return schedule === undefined ? undefined : runsPerMonth(schedule);
}

/** What plans of base back up, all of one scope, and those of head do not. */
function lostOf(diff: Diff, group: readonly Planned[], after: readonly Planned[]) {
  const plans = new Map(after.map(({ object, plan }) => [objectIdentity(object), plan]));
  const targets = new Set(after.map(({ plan }) => plan.target));
  const [first, ...others] = sortBy(
    group.filter(({ object, plan }) => !isSame(plans.get(objectIdentity(object)), plan)),
    ({ plan }) => String(targets.has(plan.target)),
  );
  if (first === undefined) return undefined;
  const { scope } = first.plan;
  const same = after.filter(({ plan }) => plan.scope.what === scope.what);
  const all = scope.names === 'all' ? [] : scope.names;
  const states = all.map(name => targetState(diff, scope.what, name));
  // An object that is removed needs no backup.
  const left = all.filter((_, index) => states[index] !== 'gone');
  const names = scope.names === 'all' ? 'all' : left;
  const missing = missingOf({ ...scope, names }, same);
  const whole = same.filter(planned => missingOf({ ...scope, names }, [planned]).length === 0);
  const fewer = missing.length > 0 ? undefined : fewerBackups(group, whole);
  if (names.length === 0 || (missing.length === 0 && fewer === undefined)) return undefined;
  const isUnsure = states.includes('unknown');
  return { first, others, scope, missing, left: names === 'all' ? same : [], isUnsure, fewer };
}

type LostBackup = NonNullable<ReturnType<typeof lostOf>>;

/** The names without a plan. `all`: no plan covers all names. Empty: it is only backed up less often. */
type Missing = readonly string[] | 'all';

function missingOf(scope: BackupScope, plans: readonly Planned[]): Missing {
  const whole = plans.map(({ plan }) => plan.scope).filter(plan => plan.isWhole || !scope.isWhole);
  const isCovered = (name: string): boolean =>
    whole.some(({ names, except }) =>
      names === 'all' ? !except.includes(name) : names.includes(name),
    );
  if (scope.names !== 'all') return scope.names.filter(name => !isCovered(name));
  const ofAll = whole.filter(plan => plan.names === 'all');
  const missing = ofAll.map(({ except }) => {
    const names = except.filter(name => !scope.except.includes(name));
    return missingOf({ ...scope, names }, plans);
  });
  const [best] = missing.sort((a, b) => a.length - b.length);
  return best ?? 'all';
}

const MUCH_RARER = 2;

/** The end of a sentence, such as `is backed up to 1 place only, not to 2`. */
function fewerBackups(group: readonly Planned[], whole: readonly Planned[]) {
  const most = (all: readonly Planned[]): number =>
    Math.max(0, ...all.map(({ plan }) => runsOf(plan) ?? Number.NaN));
  const [before, after] = [most(group), most(whole)];
  // Plans that run at unknown times are not compared.
  if (before > after * MUCH_RARER) {
    const [was, is] = [before, after].map(count => Math.max(1, Math.round(count)));
    const text = `about ${is === 1 ? 'once' : `${is} times`} a month in place of ${was}`;
    return { text, isRarer: true };
  }
  const places = (all: readonly Planned[]) => new Set(all.map(({ plan }) => plan.target)).size;
  const [was, is] = [places(group), places(whole)];
  const text = `to ${counted(is, 'place')} only, not to ${was}`;
  return is < was ? { text, isRarer: false } : undefined;
}

const KINDS: Readonly<Partial<Record<BackupScope['what'], Kind>>> = {
  'CNPG Cluster': cnpgCluster,
  MariaDB: mariaDb,
  PostgresCluster: postgresCluster,
  PersistentVolumeClaim: persistentVolumeClaim,
};

function targetState({ base, head }: Diff, what: BackupScope['what'], target: string) {
  if (what === 'group') return 'there';
  const [namespace = '', name = ''] = target.split('/');
  const kind = KINDS[what];
  const [was, is] = [base, head].map(({ find, objects }) => {
    if (kind !== undefined) return find(kind, namespace, name) !== undefined;
    const near = objects.filter(object => object.namespace === namespace);
    return near.some(object => what !== 'dump' || keepsData(object, find));
  });
  return is ? 'there' : was ? 'gone' : 'unknown';
}

function* risksOf(diff: Diff, lost: LostBackup): Iterable<Risk> {
  const { object } = lost.first;
  const head = diff.head.objects.find(candidate => isSameObject(candidate, object));
  const deletion = head === undefined ? deletionOf(diff, object) : undefined;
  if (deletion?.outcome === 'kept') return;
  const plan = head?.knownKind?.data?.backupPlan?.(head);
  const stays = plan?.isStopped ? 'is stopped' : 'changes';
  const goes = head === undefined ? 'is removed' : stays;
  yield {
    ...(head ? placeOn('head', head, plan?.path ?? ['spec']) : placeOn('base', object)),
    level: levelOf(lost),
    message: `${nameOf(object)} ${goes}: ${effectOf(lost)}`,
    hint:
      lost.fewer?.isRarer === true
        ? 'Keep the schedule, unless what changes between two backups may be lost or replayed.'
        : 'Let something else take the backups first, and see one of them finish; or write down that none are wanted.',
    related: [
      ...relatedObjects(lost.others, 'base', 'was of the same'),
      ...relatedObjects(lost.left.slice(0, 3), 'head', 'is still there'),
    ],
    ...(deletion !== undefined && { outcome: deletion.text }),
  };
}

function levelOf({ missing, left, isUnsure, scope }: LostBackup): Level {
  const isPart = missing !== 'all' && scope.names === 'all';
  const isReplaced = missing === 'all' && left.length > 0;
  return missing.length === 0 || isPart || isReplaced || isUnsure ? 'warn' : 'high';
}

function effectOf({ missing, left, scope: { what, names }, fewer }: LostBackup): string {
  if (fewer !== undefined) {
    const it = names === 'all' ? `every ${what}` : targetsText(what, names);
    const are = names !== 'all' && names.length > 1 ? 'are' : 'is';
    return `${it} ${are} backed up ${fewer.text}`;
  }
  if (missing !== 'all')
    return `${targetsText(what, missing)} ${missing.length === 1 ? 'is' : 'are'} backed up no more`;
  const rest =
    left.length === 0
      ? ''
      : `, and ${left.length === 1 ? 'the one that is left is' : `the ${left.length} that are left are`} of a part`;
  return `nothing backs up every ${what} any more${rest}`;
}

function targetsText(what: LostBackup['scope']['what'], targets: readonly string[]): string {
  const list = inWords(targets.map(target => `"${target.replace(/^.*\//, '')}"`));
  if (what === 'dump') return `what ${list} copied`;
  if (what === 'group') return `what is of the group ${list}`;
  if (what === 'namespace') return `the namespace${targets.length === 1 ? '' : 's'} ${list}`;
  return `the ${what} ${list}`;
}

/** Without its log, a Cluster can be restored only to a whole backup. */
function* archiveOff({ base, head }: Changed): Iterable<Risk> {
  const [was] = archiversOf(base);
  if (was === undefined || archiversOf(head).length > 0) return;
  yield {
    ...placeOn('base', base, was.path),
    message: `the CNPG Cluster "${head.name}" archives its log no more (${was.called}): it can be restored to no time after this change`,
    hint: 'Keep backup.barmanObjectStore, or a plugin with isWALArchiver: true.',
  };
}
