import { cnpgCluster, isReplica } from '../../kinds/cnpg/cluster.ts';
import { type Comparison, changedOf } from '../comparison.ts';
import { fieldPlace, type RiskRule } from '../risk.ts';
import { clusterServices, unreached } from './no-replicas.ts';

export const clusterDemoted: RiskRule = {
  id: 'cluster-demoted',
  level: 'high',

  *check(comparison: Comparison) {
    for (const change of changedOf(comparison, cnpgCluster)) {
      const { base, head } = change;
      if (isReplica(base) || !isReplica(head)) continue;
      const state = 'becomes a replica, which takes no writes';
      for (const risk of unreached(
        comparison,
        { object: head, path: [] },
        state,
        clusterServices(head),
      ))
        yield {
          ...risk,
          ...fieldPlace(change, ['spec', 'replica']),
          hint: 'Switch what writes to the other cluster first, and demote this one with its demotion token.',
        };
    }
  },
};
