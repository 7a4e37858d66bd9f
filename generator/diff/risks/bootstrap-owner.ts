import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type Changed, changedOf } from '../comparison.ts';
import { needsOf } from '../facts/losses.ts';
import { fieldPlace, type Risk, type RiskRule, relatedObjects } from '../risk.ts';

export const bootstrapOwner: RiskRule = {
  id: 'bootstrap-owner',
  level: 'high',

  *check(comparison) {
    for (const change of changedOf(comparison, cnpgCluster)) {
      const [old, now] = [bootstrapOf(change.before), bootstrapOf(change.after)];
      if (old.owner === undefined || now.owner === undefined) continue;
      if (old.owner !== now.owner) yield otherOwner(change, old.owner, now.owner, now.secret);
      if (old.secret === now.secret) continue;
      const { head: object } = change;
      const readers = needsOf(comparison.head, object.namespace, old.secret, object);
      yield {
        ...fieldPlace(change, [...now.path, 'secret', 'name'], [...old.path, 'secret', 'name']),
        message: `the CNPG Cluster "${object.name}" gives "${now.owner}" the password from Secret "${now.secret}" instead of "${old.secret}": logins with the old one fail`,
        hint: `Put the same login into "${now.secret}", or move the readers of "${old.secret}" along and restart them.`,
        related: relatedObjects(readers, 'head', `reads Secret "${old.secret}"`),
      };
    }
  },
};

/** The database keeps its owner: only the login that the operator maintains changes. */
function otherOwner(change: Changed, old: string, now: string, secret: string): Risk {
  const { path } = bootstrapOf(change.after);
  return {
    ...fieldPlace(change, [...path, 'owner'], [...bootstrapOf(change.before).path, 'owner']),
    message: `the owner of the CNPG Cluster "${change.head.name}" goes from "${old}" to "${now}": the database stays with "${old}", and the operator fails unless Secret "${secret}" has "${now}" as its username`,
    hint: `Keep "${old}". For another owner use ALTER DATABASE and a managed role with a password of its own.`,
  };
}
