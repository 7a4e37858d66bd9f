import { cnpgCluster, isReplica } from '../../kinds/cnpg/cluster.ts';
import { eachChanged, fieldPlace, type RiskRule } from '../risk.ts';
import { clusterServices, unreached } from './no-replicas.ts';

export const clusterDemoted: RiskRule = {
  id: 'cluster-demoted',
  level: 'high',

  check: eachChanged([cnpgCluster], function* (change, comparison) {
    const { base, head: object } = change;
    if (isReplica(base) || !isReplica(object)) return;
    const state = 'becomes a replica, which takes no writes';
    for (const risk of unreached(comparison, { object, path: [] }, state, clusterServices(object)))
      yield {
        ...risk,
        ...fieldPlace(change, ['spec', 'replica']),
        hint: 'Switch what writes to the other cluster first, and demote this one with its demotion token.',
      };
  }),
};
