import { cnpgClusters } from '../../../graph/cnpg-hosts.ts';
import { objectIdentity } from '../../../graph/graph-of.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { sortBy } from '../../../ground/sort-by.ts';
import { isUnresolved } from '../../../ground/unresolved.ts';
import type { BackupPlace } from '../../../kinds/backups.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Placed } from '../places.ts';

/** A CNPG Cluster and the archive that it writes to. */
export interface Archiving extends Placed, BackupPlace {
  readonly place: string;
}

/** The Clusters by their archives, of those that are known; one with a variable may be any. */
export function archivesOf(graph: SecretGraph): ReadonlyMap<string, readonly Archiving[]> {
  const all = cnpgClusters(graph).flatMap((object): Archiving[] => {
    const archive = object.known?.backupPlace?.(object, graph.find);
    const { place } = archive ?? {};
    if (archive === undefined || place === undefined || isUnresolved(place)) return [];
    return [{ object, ...archive, place }];
  });
  const sorted = sortBy(all, ({ object }) => objectIdentity(object));
  return groupBy(sorted, ({ place }) => place);
}

/** Which two Clusters share an archive, whatever it is. */
export function pairOf(a: PlacedObject, b: PlacedObject): string {
  return JSON.stringify([a, b].map(objectIdentity).sort());
}

/** The pairs of Clusters that share one. */
export function sharingPairs(graph: SecretGraph): Set<string> {
  const groups = [...archivesOf(graph).values()];
  return new Set(
    groups.flatMap(group => group.flatMap(a => group.map(b => pairOf(a.object, b.object)))),
  );
}
