import { cnpgCluster, isReplica } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../diff.ts';
import { fieldPlace, high, type RiskRule } from '../risk.ts';
import { clusterServices, unreached } from './no-replicas.ts';

export const clusterDemoted: RiskRule = high('cluster-demoted', function* (diff) {
  for (const change of changedOf(diff, cnpgCluster)) {
    const { base, head: object } = change;
    if (isReplica(base) || !isReplica(object)) continue;
    const state = 'becomes a replica, which takes no writes';
    for (const risk of unreached(diff, { object, path: [] }, state, clusterServices(object)))
      yield {
        ...risk,
        ...fieldPlace(change, ['spec', 'replica']),
        hint: 'Switch what writes to the other cluster first, and demote this one with its demotion token.',
      };
  }
});
