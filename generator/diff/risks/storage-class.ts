import { cnpgCluster, cnpgVolumes } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../comparison.ts';
import { fieldPlace, type RiskRule } from '../risk.ts';

export const storageClass: RiskRule = {
  id: 'storage-class',
  level: 'warn',

  *check(comparison) {
    for (const change of changedOf(comparison, cnpgCluster)) {
      const volumes = cnpgVolumes(change.after);
      for (const [name, before] of cnpgVolumes(change.before)) {
        const after = volumes.get(name);
        const [old, now] = [before.storageClass.text, after?.storageClass.text];
        if (after === undefined || old === now) continue;
        yield {
          ...fieldPlace(change, after.storageClass.path, before.storageClass.path),
          message: `the ${name} of the CNPG Cluster "${change.head.name}" goes from ${classText(old)} to ${classText(now)}: volumes that are there stay where they are`,
          hint: 'To move the data, replace the instances one by one once this is applied.',
        };
      }
    }
  },
};

function classText(name: string | undefined): string {
  return name === undefined ? 'the default storage class' : `storage class "${name}"`;
}
