import { mapAt } from '../ground/json.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { configMap } from '../kinds/core/config-map.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { isDeclared } from '../read/sets/object-set.ts';
import type { SecretGraph } from './secret-graph.ts';

/** Kubernetes makes it in every namespace, with the key ca.crt. */
const ROOT_CA = 'kube-root-ca.crt';

/**
 * Whether a ConfigMap surely does not exist: it is not in the set, but others of its namespace are,
 * or one of its name in another. A set without any leaves them to somebody else.
 */
export function absentConfigMaps(graph: SecretGraph): (namespace: string, name: string) => boolean {
  const maps = graph.byKind(configMap);
  const brought = new Set(graph.objects.flatMap(broughtMaps));
  const namespaces = new Set(maps.map(({ namespace }) => namespace));
  const names = new Set(maps.map(({ name }) => name));
  return (namespace, name) =>
    graph.find(configMap, namespace, name) === undefined &&
    name !== ROOT_CA &&
    !brought.has(`${namespace}/${name}`) &&
    !isUnresolved(name + namespace) &&
    !isDeclared(graph.outside, configMap.kind, { namespace, name }) &&
    (namespaces.has(namespace) || names.has(name));
}

/** The ConfigMaps that come with an object, by namespace and name. */
function broughtMaps(object: PlacedObject): string[] {
  return (object.known?.configMaps?.(object) ?? []).map(name => `${object.namespace}/${name}`);
}

/** The keys of a ConfigMap that are text; undefined when it is not in the set. */
export function configMapKeys(
  { find }: SecretGraph,
  namespace: string,
  name: string,
): readonly string[] | undefined {
  const object = find(configMap, namespace, name);
  if (object !== undefined) return Object.keys(mapAt(object.json, 'data'));
  return name === ROOT_CA ? ['ca.crt'] : undefined;
}
