import { findSecret, isMade } from '../../graph/secret-graph.ts';
import { cnpgCluster, superuserOf } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../diff.ts';
import { needsOf } from '../facts/losses.ts';
import { fieldPlace, high, type RiskRule, readText, relatedObjects } from '../risk.ts';

export const superuserAccessOff: RiskRule = high('superuser-access-off', function* (diff) {
  const { head } = diff;
  for (const change of changedOf(diff, cnpgCluster)) {
    const { before, after, head: object } = change;
    const { isOn, secret, isGiven } = superuserOf(before, object.name);
    if (!isOn || superuserOf(after, object.name).isOn) continue;
    // The operator deletes only a Secret that it made, and one that others make too comes back.
    const isDeleted = !isGiven && !isMade(findSecret(head, object.namespace, secret));
    const readers = needsOf(head, secret, object);
    yield {
      ...fieldPlace(change, ['spec', 'enableSuperuserAccess']),
      ...(isDeleted && readers.length > 0 && { level: 'block' }),
      message: `the CNPG Cluster "${object.name}" switches superuser access off: the operator takes the password of postgres away${isDeleted ? ` and deletes Secret "${secret}"${readText(readers)}` : ''}`,
      hint: 'Give what logs in as postgres a role of its own (managed.roles) first.',
      related: relatedObjects(readers, 'head', `reads Secret "${secret}"`),
    };
  }
});
