import { cnpgCluster, cnpgVolumes } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../diff.ts';
import { fieldPlace, type RiskRule, warn } from '../risk.ts';

export const storageClass: RiskRule = warn('storage-class', function* (diff) {
  for (const change of changedOf(diff, cnpgCluster)) {
    const volumes = cnpgVolumes(change.after);
    for (const [name, { storageClass: was }] of cnpgVolumes(change.before)) {
      const is = volumes.get(name)?.storageClass;
      if (is === undefined || is.text === was.text) continue;
      yield {
        ...fieldPlace(change, is.path, was.path),
        message: `the ${name} of the CNPG Cluster "${change.head.name}" goes from ${classText(was.text)} to ${classText(is.text)}: volumes that are there stay where they are`,
        hint: 'To move the data, replace the instances one by one once this is applied.',
      };
    }
  }
});

function classText(name: string | undefined): string {
  return name === undefined ? 'the default storage class' : `storage class "${name}"`;
}
