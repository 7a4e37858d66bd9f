import { mapAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { eachChanged, fieldPlace, type RiskRule } from '../risk.ts';

export const singleInstance: RiskRule = {
  id: 'single-instance',
  level: 'high',

  check: eachChanged([cnpgCluster], function* (change) {
    const [before, after] = [change.before, change.after].map(
      object => mapAt(object, 'spec')['instances'],
    );
    if (typeof before !== 'number' || before <= 1 || after !== 1) return;
    yield {
      ...fieldPlace(change, ['spec', 'instances']),
      message: `the CNPG Cluster "${change.head.name}" goes from ${before} instances to 1: without a standby, a drained or lost node is an outage`,
      hint: 'Keep two instances or more where an outage matters.',
    };
  }),
};
