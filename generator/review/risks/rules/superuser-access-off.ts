import { findSecret, isMade, type Reader } from '../../../graph/secret-graph.ts';
import { mapAt, textAt } from '../../../ground/json.ts';
import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { type Changed, type Comparison, changedOf } from '../../changes/comparison.ts';
import { needsOf } from '../facts/reads.ts';
import { fieldPlace, relatedItems } from '../places.ts';
import type { RiskRule } from '../risk-rule.ts';
import { namesOf, verb } from '../words.ts';

export const superuserAccessOff: RiskRule = {
  id: 'superuser-access-off',
  level: 'high',
  summary: 'enableSuperuserAccess is switched off: nobody can log in as postgres any more.',

  *check(comparison: Comparison) {
    for (const change of changedOf(comparison, cnpgCluster)) {
      if (!isOn(change.before) || isOn(change.after)) continue;
      const { item, secret, isDeleted } = superuserSecret(comparison, change);
      const readers = needsOf(comparison.head, item.namespace, secret, item);
      yield {
        ...fieldPlace(change, ['spec', 'enableSuperuserAccess']),
        ...(isDeleted && readers.length > 0 && { level: 'block' }),
        message: `the CNPG Cluster "${item.name}" switches superuser access off: the operator takes the password of postgres away${isDeleted ? ` and deletes Secret "${secret}"${readBy(readers)}` : ''}`,
        hint: 'Give what logs in as postgres a role of its own (managed.roles) first.',
        related: relatedItems(readers, 'head', `reads Secret "${secret}"`),
      };
    }
  },
};

function isOn(cnpgCluster: Changed['before']): boolean {
  return mapAt(cnpgCluster, 'spec')['enableSuperuserAccess'] === true;
}

/** The operator deletes only a Secret that it made; one that others make too comes back. */
function superuserSecret({ head }: Comparison, { before, head: item }: Changed) {
  const given = textAt(before, 'spec', 'superuserSecret', 'name') || undefined;
  const secret = given ?? `${item.name}-superuser`;
  const isDeleted = given === undefined && !isMade(findSecret(head, item.namespace, secret));
  return { item, secret, isDeleted };
}

function readBy(readers: readonly Reader[]): string {
  if (readers.length === 0) return '';
  return `, which ${namesOf(readers)} ${verb(readers, 'reads', 'read')}`;
}
