import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../diff.ts';
import { needsOf } from '../facts/losses.ts';
import { fieldPlace, high, type RiskRule, relatedObjects } from '../risk.ts';

export const bootstrapOwner: RiskRule = high('bootstrap-owner', function* (diff) {
  const { head } = diff;
  for (const change of changedOf(diff, cnpgCluster)) {
    const [old, now] = [bootstrapOf(change.before), bootstrapOf(change.after)];
    if (old.owner === undefined || now.owner === undefined) continue;
    const { head: object } = change;
    const placeOf = (...field: string[]) =>
      fieldPlace(change, [...now.path, ...field], [...old.path, ...field]);
    // The database keeps its owner: only the login that the operator maintains changes.
    if (old.owner !== now.owner)
      yield {
        ...placeOf('owner'),
        message: `the owner of the CNPG Cluster "${object.name}" goes from "${old.owner}" to "${now.owner}": the database stays with "${old.owner}", and the operator fails unless Secret "${now.secret}" has "${now.owner}" as its username`,
        hint: `Keep "${old.owner}". For another owner use ALTER DATABASE and a managed role with a password of its own.`,
      };
    if (old.secret === now.secret) continue;
    const readers = needsOf(head, old.secret, object);
    yield {
      ...placeOf('secret', 'name'),
      message: `the CNPG Cluster "${object.name}" gives "${now.owner}" the password from Secret "${now.secret}" instead of "${old.secret}": logins with the old one fail`,
      hint: `Put the same login into "${now.secret}", or move the readers of "${old.secret}" along and restart them.`,
      related: relatedObjects(readers, 'head', `reads Secret "${old.secret}"`),
    };
  }
});
