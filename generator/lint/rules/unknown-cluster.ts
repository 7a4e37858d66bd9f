import { specOf } from '../../graph/item.ts';
import { textAt } from '../../ground/json.ts';
import { inNamespace } from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Rule } from '../rule.ts';

/** The kinds of CNPG that belong to a Cluster. */
const KINDS = [
  'Backup',
  'Database',
  'DatabaseRole',
  'Pooler',
  'Publication',
  'ScheduledBackup',
  'Subscription',
];

export const unknownCluster: Rule = {
  id: 'unknown-cluster',
  severity: 'error',
  claimsAbsence: true,
  summary: 'Each CNPG object that belongs to a Cluster names one of its namespace.',

  *check({ byKind, find, outside }) {
    const items = KINDS.flatMap(kind => byKind(kind));
    for (const item of items.filter(({ group }) => group === 'postgresql.cnpg.io')) {
      const name = textAt(specOf(item), 'cluster', 'name');
      if (name === undefined || isUnresolved(name)) continue;
      if (find('Cluster', item.namespace, name) !== undefined) continue;
      if (outside.objects.has(`Cluster/${item.namespace}/${name}`)) continue;
      const here = byKind('Cluster').filter(({ namespace }) => namespace === item.namespace);
      yield {
        item,
        path: ['spec', 'cluster', 'name'],
        message: `there is no Cluster "${name}"${inNamespace(item.namespace)}`,
        hint: knownNames(
          'Clusters',
          name,
          here.map(other => other.name),
        ),
      };
    }
  },
};
