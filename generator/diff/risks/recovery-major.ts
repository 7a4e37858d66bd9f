import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { postgresVersion } from '../../kinds/cnpg/group.ts';
import { addedOf } from '../diff.ts';
import { recoverySource } from '../facts/backups.ts';
import { effectiveForm } from '../field-changes.ts';
import { block, placeOn, type RiskRule } from '../risk.ts';

export const recoveryMajor: RiskRule = block('recovery-major', function* (diff) {
  for (const added of addedOf(diff, cnpgCluster)) {
    const form = effectiveForm(added.head.json);
    if (bootstrapOf(form).method !== 'recovery') continue;
    const source = recoverySource(diff, added);
    if (source === undefined) continue;
    const { cluster, side } = source;
    const [is, was] = [postgresVersion(form), postgresVersion(effectiveForm(cluster.json))];
    if (is.major === undefined || was.major === undefined || is.major === was.major) continue;
    yield {
      ...placeOn('head', added.head, is.path),
      message: `the CNPG Cluster "${added.head.name}" runs PostgreSQL ${is.major} and is restored from a backup of "${cluster.name}", which is of PostgreSQL ${was.major}: it does not start on files of another major version`,
      hint: `Restore with an image of PostgreSQL ${was.major} and upgrade the Cluster then, or copy the data from "${cluster.name}" while it runs (bootstrap.initdb.import).`,
      related: [{ ...placeOn(side, cluster, was.path), note: 'the old version' }],
    };
  }
});
