import { valueAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { CLUSTER_MEMBERS } from '../../kinds/cnpg/members.ts';
import { changedOf } from '../diff.ts';
import { hasLostCluster } from '../facts/clusters.ts';
import { fieldPlace, nameOf, type RiskRule, refusal } from '../risk.ts';

export const immutableCnpgField: RiskRule = refusal('immutable-cnpg-field', function* (diff) {
  for (const change of changedOf(diff, cnpgCluster, ...CLUSTER_MEMBERS)) {
    const { kind, knownKind } = change.head;
    for (const field of knownKind?.changes?.fixedOnceSet ?? []) {
      const path = ['spec', ...field.split('.')];
      // A CRD's rules compare an old value with a new one, so a value may be added or removed.
      const [was, is] = [change.before, change.after].map(object => valueAt(object, path));
      const [old, now] = [was, is].map(value => JSON.stringify(value));
      // The rule cluster-removed reports the new name of a Cluster, which the object only follows.
      const isOther = field !== 'cluster.name' || !hasLostCluster(diff, change.base);
      if (was === undefined || is === undefined || old === now || !isOther) continue;
      yield {
        ...fieldPlace(change, path),
        message: `${field} of the ${nameOf(change.head)} goes from ${old} to ${now}, and is immutable: the apply is rejected`,
        hint:
          knownKind === cnpgCluster
            ? 'Keep the value, or make a new Cluster and move the data.'
            : `Keep the value, or make a ${kind} of another name beside this one.`,
      };
    }
  }
});
