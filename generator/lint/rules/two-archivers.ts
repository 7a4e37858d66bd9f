import { groupBy, sortBy } from '../../core/json.ts';
import { inNamespace } from '../../core/kube-object.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { archiveId, archiversOf, ownArchive } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const twoArchivers: Rule = error('two-archivers', function* (graph) {
  const { byKind } = graph;
  for (const object of byKind(cnpgCluster)) {
    const [first, second] = archiversOf(object);
    if (first === undefined || second === undefined) continue;
    yield {
      object,
      path: second.path,
      message: `${second.called} archives the log of Cluster "${object.name}", and so does ${first.called}: CNPG refuses two`,
      hint: 'Leave isWALArchiver: true to one plugin, and take backup.barmanObjectStore out where a plugin archives.',
      related: [{ object, path: first.path, note: 'the other one' }],
    };
  }
  yield* sharedArchives(graph);
});

/** Clusters that are applied alike and archive to one place: the second finds it not empty, or both mix their logs. */
function* sharedArchives({ byKind, find, standingOf }: SecretGraph): Iterable<RuleFault> {
  const placeOf = (object: PlacedObject): string | undefined => {
    const place = archiveId(object, find);
    return place && JSON.stringify([place, standingOf?.get(object.file)]);
  };
  const idOf = ({ namespace, name }: PlacedObject): string => `${namespace}/${name}`;
  for (const [place, clusters] of groupBy(byKind(cnpgCluster), placeOf)) {
    const [first, ...others] = sortBy(clusters, idOf);
    if (place === undefined || first === undefined) continue;
    for (const object of others.filter(cluster => idOf(cluster) !== idOf(first))) {
      const where = first.namespace === object.namespace ? '' : inNamespace(first.namespace);
      const { path = ['spec'], called = '' } = ownArchive(object, find) ?? {};
      yield {
        object,
        path,
        message: `Cluster "${object.name}" archives its log to the place of Cluster "${first.name}"${where}: ${called}`,
        hint: 'Give it another serverName, or another ObjectStore.',
        related: [relatedName(first, 'the other one')],
      };
    }
  }
}
