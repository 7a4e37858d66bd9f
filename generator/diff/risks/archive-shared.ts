import { groupBy, sortBy } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { objectIdentity } from '../../kinds/kind.ts';
import { archiveCollision } from '../../lint/rules/archive-collision.ts';
import { newlyFaulty } from '../facts/moves.ts';
import { high, placeOn, type RiskRule, relatedObjects } from '../risk.ts';

export const archiveShared: RiskRule = high('archive-shared', function* (diff) {
  const { base, head, compared } = diff;
  const byPlace = groupBy(archivesIn(head), ({ place }) => place);
  const groups = [...byPlace.values()].filter(group => group.length > 1);
  if (groups.length === 0) return;
  const placesBefore = new Map(
    archivesIn(base).map(({ object, place }) => [objectIdentity(object), place]),
  );
  // The rule archive-is-source reports Clusters that are restored from there.
  const restored = newlyFaulty(diff, archiveCollision);
  for (const all of groups) {
    const group = all.filter(({ object }) => !restored.has(object));
    const first = group.find(({ object }) => compared.has(object));
    const before = new Set(group.map(({ object }) => placesBefore.get(objectIdentity(object))));
    const isOld = before.size === 1 && !before.has(undefined);
    if (first === undefined || group.length === 1 || isOld) continue;
    const others = group.filter(({ object }) => object !== first.object);
    const names = others.map(({ object: { namespace, name } }) =>
      name === first.object.name ? `the one of namespace "${namespace}"` : `"${name}"`,
    );
    yield {
      ...placeOn('head', first.object, first.path),
      message: `the CNPG Cluster "${first.object.name}" archives to ${first.called}, and so does ${names.join(', ')}: neither can be restored from it with certainty`,
      hint: 'Give each a serverName or a destinationPath of its own.',
      related: relatedObjects(others, 'head', 'archives there too'),
    };
  }
});

/** An archive with a variable in its place is not known. */
function archivesIn({ byKind, find }: SecretGraph) {
  const all = byKind(cnpgCluster).flatMap(object => {
    const archive = cnpgCluster.data?.backupPlace?.(object, find);
    const isKnown = archive?.place !== undefined && !isUnresolved(archive.place);
    return isKnown ? [{ object, ...archive }] : [];
  });
  return sortBy(all, ({ object }) => objectIdentity(object));
}
