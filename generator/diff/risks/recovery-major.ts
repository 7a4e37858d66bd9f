import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { postgresVersion } from '../../kinds/cnpg/group.ts';
import { type Added, addedOf, type Comparison } from '../comparison.ts';
import { recoverySource } from '../facts/backups.ts';
import { effectiveForm } from '../field-changes.ts';
import { placeOn, type Risk, type RiskRule } from '../risk.ts';

export const recoveryMajor: RiskRule = {
  id: 'recovery-major',
  level: 'block',

  *check(comparison) {
    for (const added of addedOf(comparison, cnpgCluster)) yield* risksOf(comparison, added);
  },
};

function* risksOf(comparison: Comparison, added: Added): Iterable<Risk> {
  const form = effectiveForm(added.head.json);
  if (bootstrapOf(form).method !== 'recovery') return;
  const source = recoverySource(comparison, added);
  if (source === undefined) return;
  const { major, path } = postgresVersion(form);
  const { major: old, path: oldPath } = postgresVersion(effectiveForm(source.cluster.json));
  if (major === undefined || old === undefined || major === old) return;
  const { name } = source.cluster;
  yield {
    ...placeOn('head', added.head, path),
    message: `the CNPG Cluster "${added.head.name}" runs PostgreSQL ${major} and is restored from a backup of "${name}", which is of PostgreSQL ${old}: it does not start on files of another major version`,
    hint: `Restore with an image of PostgreSQL ${old} and upgrade the Cluster then, or copy the data from "${name}" while it runs (bootstrap.initdb.import).`,
    related: [
      { object: source.cluster, side: source.side, path: oldPath, note: 'the old version' },
    ],
  };
}
