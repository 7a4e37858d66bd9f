import { mapAt, textAt } from '../../core/json.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { addedOf, removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { followers } from '../facts/backups.ts';
import { effectiveForm } from '../field-changes.ts';
import { placeOn, type RiskRule } from '../risk.ts';

export const clusterRecovery: RiskRule = {
  id: 'cluster-recovery',
  level: 'block',

  *check(comparison) {
    for (const { base, becomes } of removedOf(comparison, cnpgCluster)) {
      // The rule namespace-move reports a move to another namespace.
      if (becomes === undefined || becomes.name === base.name) continue;
      const { method, path } = bootstrapOf(effectiveForm(becomes.json));
      if (method !== 'recovery') continue;
      yield {
        ...placeOn('head', becomes, path),
        cause: base,
        message: `the CNPG Cluster "${base.name}" becomes "${becomes.name}", which is restored from ${sourceOf(becomes)}: what is written after that is not in it`,
        hint: 'Restore beside the running Cluster, compare the two, and remove the old one in a later change.',
        outcome: deletionOf(comparison, base).text,
        related: [
          { ...placeOn('base', base), note: 'the old Cluster' },
          ...followers(comparison, base),
        ],
      };
    }
    for (const { head } of addedOf(comparison, cnpgCluster)) {
      const { method, path } = bootstrapOf(effectiveForm(head.json));
      if (method !== 'recovery' || !comparison.dormant.has(objectIdentity(head))) continue;
      yield {
        ...placeOn('head', head, path),
        message: `the CNPG Cluster "${head.name}" is applied again, and is restored from ${sourceOf(head)}: what was written after that is not in it`,
        hint: 'Look at what runs: if the Cluster was deleted, see that the backup is the last one of it; if it still runs, it stays as it is.',
      };
    }
  },
};

function sourceOf(cnpgCluster: PlacedObject): string {
  const recovery = mapAt(specOf(cnpgCluster), 'bootstrap', 'recovery');
  const backup = textAt(recovery, 'backup', 'name');
  const snapshot = textAt(recovery, 'volumeSnapshots', 'storage', 'name');
  const source = textAt(recovery, 'source');
  const time = textAt(recovery, 'recoveryTarget', 'targetTime');
  const named = [
    backup && `Backup "${backup}"`,
    snapshot && `snapshot "${snapshot}"`,
    source && `the backups of "${source}"`,
  ].find(text => text);
  return `${named ?? 'a backup'}${time === undefined ? '' : ` up to ${time}`}`;
}
