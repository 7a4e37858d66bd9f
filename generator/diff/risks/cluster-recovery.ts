import { mapAt, textAt } from '../../core/json.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { objectIdentity, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { deletionOf, leavingOf } from '../appliers.ts';
import { addedOf } from '../diff.ts';
import { followers } from '../facts/clusters.ts';
import { effectiveForm } from '../field-changes.ts';
import { block, placeOn, type RiskRule } from '../risk.ts';

export const clusterRecovery: RiskRule = block('cluster-recovery', function* (diff) {
  for (const { base, becomes } of leavingOf(diff, cnpgCluster)) {
    const recovery = becomes && recoveryOf(becomes);
    if (becomes === undefined || recovery === undefined) continue;
    yield {
      ...recovery.place,
      cause: base,
      message: `the CNPG Cluster "${base.name}" becomes "${becomes.name}", which is restored from ${recovery.source}: what is written after that is not in it`,
      hint: 'Restore beside the running Cluster, compare the two, and remove the old one in a later change.',
      outcome: deletionOf(diff, base).text,
      related: [{ ...placeOn('base', base), note: 'the old Cluster' }, ...followers(diff, base)],
    };
  }
  for (const { head } of addedOf(diff, cnpgCluster)) {
    const recovery = recoveryOf(head);
    if (recovery === undefined || !diff.dormant.has(objectIdentity(head))) continue;
    yield {
      ...recovery.place,
      message: `the CNPG Cluster "${head.name}" is applied again, and is restored from ${recovery.source}: what was written after that is not in it`,
      hint: 'Look at what runs: if the Cluster was deleted, see that the backup is the last one of it; if it still runs, it stays as it is.',
    };
  }
});

function recoveryOf(cluster: PlacedObject) {
  const { method, path } = bootstrapOf(effectiveForm(cluster.json));
  const place = placeOn('head', cluster, path);
  return method === 'recovery' ? { place, source: sourceOf(cluster) } : undefined;
}

function sourceOf(cluster: PlacedObject): string {
  const recovery = mapAt(specOf(cluster), 'bootstrap', 'recovery');
  const backup = textAt(recovery, 'backup', 'name');
  const snapshot = textAt(recovery, 'volumeSnapshots', 'storage', 'name');
  const source = textAt(recovery, 'source');
  const time = textAt(recovery, 'recoveryTarget', 'targetTime');
  const named =
    (backup && `Backup "${backup}"`) ||
    (snapshot && `snapshot "${snapshot}"`) ||
    (source && `the backups of "${source}"`) ||
    'a backup';
  return `${named}${time === undefined ? '' : ` up to ${time}`}`;
}
