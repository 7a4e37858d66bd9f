import { inNamespace, isUnresolved, ofNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { namesIn, nearestTo, type SecretGraph } from '../../graph/secret-graph.ts';
import { namedObjectStores, objectStore } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownObjectStore: Rule = absence('unknown-object-store', cnpgCluster, unknownIn);

function* unknownIn(object: PlacedObject, graph: SecretGraph) {
  const { namespace } = object;
  for (const { name, path } of namedObjectStores(object)) {
    const elsewhere = graph.byKind(objectStore).filter(store => store.name === name);
    // An object that names no namespace may get any.
    const isHere = elsewhere.some(store => ['', namespace].includes(store.namespace));
    if (isUnresolved(name) || isHere || (namespace === '' && elsewhere.length > 0)) continue;
    if (isDeclared(graph.outside, objectStore.kind, { namespace, name })) continue;
    const [here, nearest] = [namesIn(graph, objectStore, namespace), nearestTo(object, elsewhere)];
    yield {
      path,
      message: `there is no ObjectStore "${name}"${inNamespace(namespace)}`,
      hint:
        nearest === undefined
          ? knownNames(`ObjectStores ${ofNamespace(namespace)}`, name, here)
          : `There is one in namespace "${nearest.namespace}", and a Cluster takes those of its own only.`,
      absent: { namespace: namespace || undefined, name },
    };
  }
}
