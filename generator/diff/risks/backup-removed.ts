import { archiversOf } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { deletionOf } from '../appliers.ts';
import { type Changed, changedOf, type Diff, isSameObject, type SideName } from '../diff.ts';
import { type LostBackup, lostBackups, type Planned } from '../facts/backups.ts';
import type { Level, RelatedObject, Risk, RiskRule } from '../risk.ts';
import { high, inWords, nameOf, placeOn, relatedObjects } from '../risk.ts';

export const backupRemoved: RiskRule = high('backup-removed', function* (diff) {
  for (const lost of lostBackups(diff)) yield* risksOf(diff, lost);
  for (const change of changedOf(diff, cnpgCluster)) yield* archiveOff(change);
});

function* risksOf(diff: Diff, lost: LostBackup): Iterable<Risk> {
  const [{ object }, ...others] = lost.gone;
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
      lost.runs === undefined
        ? 'Let something else take the backups first, and see one of them finish; or write down that none are wanted.'
        : 'Keep the schedule, unless what changes between two backups may be lost or replayed.',
    related: [
      ...related('base', others, 'was of the same'),
      ...related('head', lost.left.slice(0, SHOWN), 'is still there'),
    ],
    ...(deletion !== undefined && { outcome: deletion.text }),
  };
}

const SHOWN = 3;

function related(side: SideName, plans: readonly Planned[], note: string): RelatedObject[] {
  const places = plans.map(({ object }) => placeOn(side, object));
  return relatedObjects(places, side, note);
}

function levelOf({ missing, left, isUncertain, scope }: LostBackup): Level {
  const isPart = missing !== 'all' && scope.names === 'all';
  const isReplaced = missing === 'all' && left.length > 0;
  return missing.length === 0 || isPart || isReplaced || isUncertain ? 'warn' : 'high';
}

function effectOf(lost: LostBackup): string {
  const { missing, left, scope, runs, places } = lost;
  const { what, names } = scope;
  if (runs ?? places) return fewerText(lost, names === 'all' ? [] : names);
  if (missing !== 'all')
    return `${targetsText(what, missing)} ${missing.length === 1 ? 'is' : 'are'} backed up no more`;
  const rest =
    left.length === 0
      ? ''
      : `, and ${left.length === 1 ? 'the one that is left is' : `the ${left.length} that are left are`} of a part`;
  return `nothing backs up every ${what} any more${rest}`;
}

function fewerText({ scope, runs, places }: LostBackup, names: readonly string[]): string {
  const it = names.length === 0 ? `every ${scope.what}` : targetsText(scope.what, names);
  const backed = `${it} ${names.length > 1 ? 'are' : 'is'} backed up`;
  if (places !== undefined)
    return `${backed} to ${places[1]} place${places[1] === 1 ? '' : 's'} only, not to ${places[0]}`;
  const [was, is] = (runs ?? []).map(count => Math.max(1, Math.round(count)));
  return `${backed} about ${is === 1 ? 'once' : `${is} times`} a month in place of ${was}`;
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
