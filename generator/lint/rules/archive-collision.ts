import { ownArchive, sourceArchive } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { isOnePlace } from '../../kinds/facets.ts';
import { annotationOf } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

const SKIP_CHECK = 'cnpg.io/skipEmptyWalArchiveCheck';

export const archiveCollision: Rule = warning('archive-collision', cnpgCluster, (object, graph) => {
  if (annotationOf(object, SKIP_CHECK) === 'enabled') return undefined;
  const [archive, source] = [ownArchive(object, graph.find), sourceArchive(object, graph.find)];
  if (archive === undefined || source === undefined || !isOnePlace(archive, source))
    return undefined;
  return {
    path: archive.path,
    message: `Cluster "${object.name}" archives to the place that it is recovered from, and does not start on an archive that is not empty`,
    hint: `Give one of the two another serverName; or, where the archive is to go on, set the annotation ${SKIP_CHECK}: enabled.`,
    related: [{ object, path: source.path, note: 'it is recovered from here' }],
  };
});
