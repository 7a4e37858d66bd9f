import { textAt } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { isReplica } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterNameOf, cnpgClusterOf, cnpgDatabase } from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { addedOf, type Changed, type Comparison, changedOf, removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { hasLostCluster } from '../facts/backups.ts';
import { block, fieldPlace, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const databaseDropped: RiskRule = block('database-dropped', function* (comparison) {
  for (const { base } of removedOf(comparison, cnpgDatabase)) {
    if (isDropped(comparison, base)) yield removed(comparison, base);
  }
  for (const change of changedOf(comparison, cnpgDatabase)) yield* changed(change);
  for (const { head } of addedOf(comparison, cnpgDatabase)) {
    if (isAbsent(head.json)) yield absent(head);
  }
});

/** Whether the removal of a Database drops it. A replica drops nothing (CNPG 1.30.0, evaluateDropDatabase). */
function isDropped(comparison: Comparison, object: PlacedObject): boolean {
  const cluster = cnpgClusterOf(comparison.head, object);
  return (
    isDeleting(object.json) &&
    !isAbsent(object.json) &&
    !isGuarded(object) &&
    !(cluster !== undefined && isReplica(cluster)) &&
    !hasLostCluster(comparison, object)
  );
}

function removed(comparison: Comparison, base: PlacedObject): Risk {
  const keyOf = (object: PlacedObject): string =>
    JSON.stringify([object.namespace, cnpgClusterNameOf(object.json), databaseOf(object)]);
  const heir = addedOf(comparison, cnpgDatabase)
    .map(({ head }) => head)
    .find(head => keyOf(head) === keyOf(base));
  return {
    ...placeOn('base', base, ['spec', 'databaseReclaimPolicy']),
    message: `the Database "${base.name}" ${heir === undefined ? 'is removed' : `becomes "${heir.name}"`}: with databaseReclaimPolicy delete, "${databaseOf(base)}" is dropped${heir === undefined ? '' : ' and made anew, empty'}`,
    hint: 'Set databaseReclaimPolicy to retain and let that be applied first.',
    outcome: deletionOf(comparison, base).text,
    ...(heir !== undefined && { related: [{ ...placeOn('head', heir), note: 'the new object' }] }),
  };
}

function* changed(change: Changed): Iterable<Risk> {
  const { before, after, head } = change;
  if (isAbsent(after)) {
    if (!isAbsent(before)) yield absent(head);
  } else if (!isDeleting(before) && isDeleting(after))
    yield {
      ...fieldPlace(change, ['spec', 'databaseReclaimPolicy']),
      level: 'high',
      message: `the Database "${head.name}" is no longer retained: whoever removes or renames this object drops "${databaseOf(head)}" with it`,
      hint: 'Keep databaseReclaimPolicy at retain while the data matters.',
    };
}

/** `ensure: absent` drops the database whatever its reclaim policy, which is about the object only. */
function absent(head: PlacedObject): Risk {
  return {
    ...placeOn('head', head, ['spec', 'ensure']),
    message: `the Database "${head.name}" has ensure absent: "${databaseOf(head)}" is dropped, whatever its reclaim policy`,
    hint: 'Back it up first. To let go of the database and keep it, remove the object with databaseReclaimPolicy retain.',
  };
}

function isAbsent(database: KubeObject): boolean {
  return textAt(database, 'spec', 'ensure') === 'absent';
}

function isDeleting(database: KubeObject): boolean {
  return textAt(database, 'spec', 'databaseReclaimPolicy') === 'delete';
}

function databaseOf(object: PlacedObject): string {
  return textAt(specOf(object), 'name') ?? object.name;
}
