import { mapAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../diff.ts';
import { fieldPlace, high, type RiskRule } from '../risk.ts';

export const singleInstance: RiskRule = high('single-instance', function* (diff) {
  for (const change of changedOf(diff, cnpgCluster)) {
    const [before, after] = [change.before, change.after].map(
      object => mapAt(object, 'spec')['instances'],
    );
    if (typeof before !== 'number' || before <= 1 || after !== 1) continue;
    yield {
      ...fieldPlace(change, ['spec', 'instances']),
      message: `the CNPG Cluster "${change.head.name}" goes from ${before} instances to 1: without a standby, a drained or lost node is an outage`,
      hint: 'Keep two instances or more where an outage matters.',
    };
  }
});
