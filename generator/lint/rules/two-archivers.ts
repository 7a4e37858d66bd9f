import { archiversOf } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { Rule } from '../rule.ts';

export const twoArchivers: Rule = {
  id: 'two-archivers',
  severity: 'error',
  summary: 'The log of a CNPG Cluster is archived by one thing.',

  *check({ byKind }) {
    for (const object of byKind(cnpgCluster)) {
      const [first, second] = archiversOf(object);
      if (first === undefined || second === undefined) continue;
      yield {
        object,
        path: second.path,
        message: `${second.called} archives the log of Cluster "${object.name}", and so does ${first.called}: CNPG refuses two`,
        hint: 'Leave isWALArchiver: true to one plugin, and take backup.barmanObjectStore out where a plugin archives.',
        related: [{ object, path: first.path, note: 'the other one' }],
      };
    }
  },
};
