import { textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgBackup, scheduledBackup, sourceArchive } from '../../kinds/cnpg/backups.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { postgresVersion } from '../../kinds/cnpg/group.ts';
import { cnpgClusterOf } from '../../kinds/cnpg/members.ts';
import { isOnePlace } from '../../kinds/facets.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { type Added, addedOf, type Diff } from '../diff.ts';
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

/** The Cluster whose data a recovery takes: of its Backup or archive, or the one it replaces; base before head. */
function recoverySource({ base, head }: Diff, { head: object, was }: Added) {
  for (const [side, graph] of [['base', base] as const, ['head', head] as const]) {
    const cluster = byBackup(graph, object) ?? byArchive(graph, object, head);
    if (cluster !== undefined && cluster !== object) return { cluster, side };
  }
  return was === undefined || backupName(object) !== undefined
    ? undefined
    : ({ cluster: was, side: 'base' } as const);
}

function backupName(object: PlacedObject): string | undefined {
  return textAt(specOf(object), 'bootstrap', 'recovery', 'backup', 'name');
}

/** A ScheduledBackup names its Backups after itself, with the time at the end. */
function byBackup(graph: SecretGraph, object: PlacedObject): PlacedObject | undefined {
  const name = backupName(object);
  if (name === undefined) return undefined;
  const { namespace } = object;
  const [, schedule = ''] = /^(.+)-\d{14}$/.exec(name) ?? [];
  const backup = graph.find(cnpgBackup, namespace, name);
  const of = backup ?? graph.find(scheduledBackup, namespace, schedule);
  return of && cnpgClusterOf(graph, of);
}

function byArchive(graph: SecretGraph, object: PlacedObject, { find }: SecretGraph) {
  const source = sourceArchive(object, find);
  if (source === undefined) return undefined;
  // A variable, or a store that was not read, may mean another place in each namespace.
  const isSure = source.place !== undefined && !isUnresolved(source.place);
  return graph.byKind(cnpgCluster).find(cluster => {
    const isNear = cluster.namespace === object.namespace;
    if (isNear ? cluster.name === object.name : !isSure) return false;
    const archive = cluster.knownKind?.data?.backupPlace?.(cluster, graph.find);
    if (archive === undefined || (!isNear && archive.place === undefined)) return false;
    return isOnePlace(archive, source);
  });
}
