import { mapAt, mapsAt, scalarText } from '../../core/json.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { clusterRoleBinding, roleBinding } from '../../kinds/kubernetes.ts';
import { nameOf, placeOn, type RiskRule, warn } from '../risk.ts';

export const clusterAdminBound: RiskRule = warn('cluster-admin-bound', function* (diff) {
  const { base, head, compared } = diff;
  const before = new Set(adminsOf(base).map(({ id }) => id));
  for (const { object, path, subject, id } of adminsOf(head)) {
    if (!compared.has(object) || before.has(id)) continue;
    const where = object.knownKind === roleBinding ? ` in namespace "${object.namespace}"` : '';
    yield {
      ...placeOn('head', object, path),
      message: `the ${nameOf(object)} makes ${subject} cluster-admin${where}: it may read every Secret there, and change everything`,
      hint: 'Bind a role with what it needs: list the resources and verbs that it uses.',
    };
  }
});

function adminsOf(graph: SecretGraph) {
  return [clusterRoleBinding, roleBinding].flatMap(graph.byKind).flatMap(object => {
    const role = mapAt(object.json, 'roleRef');
    if (role['kind'] !== 'ClusterRole' || role['name'] !== 'cluster-admin') return [];
    return mapsAt(object.json, [], 'subjects').map(({ map, path }) => {
      const { kind, name, namespace } = map;
      const of = namespace === undefined ? '' : ` of "${scalarText(namespace)}"`;
      const subject = `the ${scalarText(kind)} "${scalarText(name)}"${of}`;
      return { object, path, subject, id: JSON.stringify([object.namespace, subject]) };
    });
  });
}
