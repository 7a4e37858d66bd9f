import { textAt } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { isReplica } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterNameOf, cnpgClusterOf, cnpgDatabase } from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { addedOf, type Changed, changedOf, type Diff, removedOf } from '../diff.ts';
import { newOne } from '../facts/claims.ts';
import { hasLostCluster } from '../facts/clusters.ts';
import { block, fieldPlace, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const databaseDropped: RiskRule = block('database-dropped', function* (diff) {
  for (const { base } of removedOf(diff, cnpgDatabase))
    if (isDropped(diff, base)) yield removed(diff, base);
  for (const change of changedOf(diff, cnpgDatabase)) yield* changed(change);
  for (const { head } of addedOf(diff, cnpgDatabase)) if (isAbsent(head.json)) yield absent(head);
});

/** Whether the removal of a Database drops it. A replica drops nothing (CNPG 1.30.0, evaluateDropDatabase). */
function isDropped(diff: Diff, object: PlacedObject): boolean {
  const cluster = cnpgClusterOf(diff.head, object);
  return (
    isDeleting(object.json) &&
    !isAbsent(object.json) &&
    !isGuarded(object) &&
    !(cluster !== undefined && isReplica(cluster)) &&
    !hasLostCluster(diff, object)
  );
}

function removed(diff: Diff, base: PlacedObject): Risk {
  const keyOf = (object: PlacedObject): string =>
    JSON.stringify([object.namespace, cnpgClusterNameOf(object.json), databaseOf(object)]);
  const heir = addedOf(diff, cnpgDatabase).find(({ head }) => keyOf(head) === keyOf(base))?.head;
  return {
    ...placeOn('base', base, ['spec', 'databaseReclaimPolicy']),
    message: `the Database "${base.name}" ${heir ? `becomes "${heir.name}"` : 'is removed'}: with databaseReclaimPolicy delete, "${databaseOf(base)}" is dropped${heir ? ' and made anew, empty' : ''}`,
    hint: 'Set databaseReclaimPolicy to retain and let that be applied first.',
    related: newOne(heir, 'the new object'),
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
