import { cnpgClusters } from '../../../graph/cnpg-hosts.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { textAt } from '../../../ground/json.ts';
import { isUnresolved } from '../../../ground/unresolved.ts';
import { isOnePlace } from '../../../kinds/backups.ts';
import { sourceArchive } from '../../../kinds/cnpg/archives.ts';
import { cnpgBackup } from '../../../kinds/cnpg/backup.ts';
import { cnpgClusterOf } from '../../../kinds/cnpg/members.ts';
import { scheduledBackup } from '../../../kinds/cnpg/scheduled-backup.ts';
import { type PlacedObject, specOf } from '../../../kinds/kind.ts';
import type { Added, Comparison } from '../../changes/comparison.ts';

/** The Cluster whose backups a new one is made from. */
export interface RecoverySource {
  readonly cluster: PlacedObject;
  readonly side: 'base' | 'head';
}

/**
 * Whose data a recovery takes: of a Backup the Cluster that it is of, of an archive the one that
 * writes to it; where neither is told, the one that it takes the place of. A Cluster of base goes
 * before one of head, as what is restored was written before.
 */
export function recoverySource(
  { base, head }: Comparison,
  { head: object, was }: Added,
): RecoverySource | undefined {
  for (const [side, graph] of [['base', base] as const, ['head', head] as const]) {
    const cluster = byBackup(graph, object) ?? byArchive(graph, object, head);
    if (cluster !== undefined && cluster !== object) return { cluster, side };
  }
  return was === undefined || namesBackup(object) ? undefined : { cluster: was, side: 'base' };
}

function namesBackup(object: PlacedObject): boolean {
  return backupName(object) !== undefined;
}

function backupName(object: PlacedObject): string | undefined {
  return textAt(specOf(object), 'bootstrap', 'recovery', 'backup', 'name');
}

/** A ScheduledBackup calls its Backups after itself, with the time behind it. */
function byBackup(graph: SecretGraph, object: PlacedObject): PlacedObject | undefined {
  const name = backupName(object);
  if (name === undefined) return undefined;
  const backup = graph.find(cnpgBackup, object.namespace, name);
  const schedule = /^(.+)-\d{14}$/.exec(name)?.[1];
  const planned =
    schedule === undefined ? undefined : graph.find(scheduledBackup, object.namespace, schedule);
  const of = backup ?? planned;
  return of && cnpgClusterOf(graph, of);
}

function byArchive(
  graph: SecretGraph,
  object: PlacedObject,
  { find }: SecretGraph,
): PlacedObject | undefined {
  const source = sourceArchive(object, find);
  if (source === undefined) return undefined;
  const isNear = (other: PlacedObject): boolean => other.namespace === object.namespace;
  // What a variable or an unseen store means may differ from namespace to namespace.
  const isSure = source.place !== undefined && !isUnresolved(source.place);
  return cnpgClusters(graph).find(other => {
    if (isNear(other) ? other.name === object.name : !isSure) return false;
    const archive = other.known?.backupPlace?.(other, graph.find);
    if (archive === undefined || (!isNear(other) && archive.place === undefined)) return false;
    return isOnePlace(archive, source);
  });
}
