import { valueAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { CLUSTER_MEMBERS } from '../../kinds/cnpg/database.ts';
import { hasLostCluster } from '../facts/backups.ts';
import { eachChanged, fieldPlace, nameOf, type RiskRule } from '../risk.ts';

export const immutableCnpgField: RiskRule = {
  id: 'immutable-cnpg-field',
  level: 'block',
  refuses: true,

  check: eachChanged([cnpgCluster, ...CLUSTER_MEMBERS], function* (change, comparison) {
    const { kind, known } = change.head;
    for (const field of known?.changes?.fixedOnceSet ?? []) {
      const path = ['spec', ...field.split('.')];
      // A CRD's rules compare an old value with a new one, so a value may be added or removed.
      const [was, is] = [change.before, change.after].map(object => valueAt(object, path));
      if (was === undefined || is === undefined || JSON.stringify(was) === JSON.stringify(is))
        continue;
      // The rule cluster-removed reports the new name of a Cluster, which the object only follows.
      if (field === 'cluster.name' && hasLostCluster(comparison, change.base)) continue;
      yield {
        ...fieldPlace(change, path),
        message: `${field} of the ${nameOf(change.head)} goes from ${JSON.stringify(was)} to ${JSON.stringify(is)}, and is immutable: the apply is rejected`,
        hint:
          known === cnpgCluster
            ? 'Keep the value, or make a new Cluster and move the data.'
            : `Keep the value, or make a ${kind} of another name beside this one.`,
      };
    }
  }),
};
