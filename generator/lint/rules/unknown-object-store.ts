import { inNamespace, isUnresolved, ofNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { namesIn, nearestTo, type SecretGraph } from '../../graph/secret-graph.ts';
import { namedObjectStores, objectStore } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownObjectStore: Rule = absence('unknown-object-store', function* (graph) {
  const { byKind, outside } = graph;
  for (const object of byKind(cnpgCluster))
    for (const { name, path } of namedObjectStores(object)) {
      const { namespace } = object;
      const elsewhere = byKind(objectStore).filter(store => store.name === name);
      // An object that names no namespace may get any.
      const isHere = elsewhere.some(store => ['', namespace].includes(store.namespace));
      if (isUnresolved(name) || isHere || (namespace === '' && elsewhere.length > 0)) continue;
      if (isDeclared(outside, objectStore.kind, { namespace, name })) continue;
      yield {
        object,
        path,
        message: `there is no ObjectStore "${name}"${inNamespace(namespace)}`,
        hint: hintFor(graph, { namespace, name }, nearestTo(object, elsewhere)),
        absent: { namespace: namespace || undefined, name },
      };
    }
});

function hintFor(
  graph: SecretGraph,
  { namespace, name }: Pick<PlacedObject, 'namespace' | 'name'>,
  elsewhere: PlacedObject | undefined,
): string {
  if (elsewhere !== undefined)
    return `There is one in namespace "${elsewhere.namespace}", and a Cluster takes those of its own only.`;
  const here = namesIn(graph, objectStore, namespace);
  return knownNames(`ObjectStores ${ofNamespace(namespace)}`, name, here);
}
