import { groupBy, mapAt } from '../../core/json.ts';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { knownNames, slipFor } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { relatedName, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { configMap } from '../../kinds/core/secret.ts';
import type { KeySet, PlacedObject, Read } from '../../kinds/kind.ts';
import { configMapReads } from '../../kinds/pods.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownConfigMap: Rule = absence('unknown-config-map', 'pods', (pod, graph) => {
  const { namespace } = pod.object;
  if (namespace === '' || isUnresolved(namespace)) return undefined;
  return configMapReads(pod).flatMap(read => {
    const isSure = !read.isOptional && !isUnresolved(`${read.secret}/${read.key}`);
    return isSure ? (faultOf(read, namespace, configMaps(graph)) ?? []) : [];
  });
});

function faultOf(read: Read, namespace: string, { made, unread }: ReturnType<typeof configMaps>) {
  const { secret: name, key, path, keyPath = path } = read;
  const map = made.get(secretId(namespace, name));
  const meant = map === undefined ? slipFor(name, unread(namespace)) : undefined;
  if (meant !== undefined)
    return {
      path,
      message: `there is no ConfigMap "${name}"${inNamespace(namespace)}`,
      hint: `Did you mean "${meant}", which nothing reads?`,
      absent: { namespace, name },
    };
  if (map === undefined || map.isOpen || key === undefined || map.keys.has(key)) return undefined;
  return {
    path: keyPath,
    message: `ConfigMap "${name}" has no key "${key}"`,
    hint: knownNames(`keys of "${name}"`, key, map.keys),
    related: [relatedName(map.object, 'the ConfigMap')],
    absent: 'itself' as const,
  };
}

/** The ConfigMaps of manifests, and the names of those that no pod reads. */
const configMaps = oncePer((graph: SecretGraph) => {
  const all = groupBy(graph.byKind(configMap), object => secretId(object.namespace, object.name));
  const read = new Set(
    graph.pods.flatMap(pod =>
      configMapReads(pod).map(({ secret }) => secretId(pod.object.namespace, secret)),
    ),
  );
  const unread = [...all].flatMap(([id, [object]]) => (read.has(id) ? [] : [object]));
  const byNamespace = groupBy(unread, ({ namespace }) => namespace);
  return {
    made: new Map([...all].map(([id, maps]) => [id, { object: maps[0], ...keysOf(maps) }])),
    unread: (namespace: string) => (byNamespace.get(namespace) ?? []).map(({ name }) => name),
  };
});

/** The keys of ConfigMaps of one name; open: there are none, or something may put in more. */
function keysOf(maps: readonly PlacedObject[]): KeySet {
  const fields = maps.flatMap(({ json }) => [mapAt(json, 'data'), mapAt(json, 'binaryData')]);
  const keys = new Set(fields.flatMap(field => Object.keys(field)));
  const isOpen = keys.size === 0 || maps.some(isFilled) || [...keys].some(isUnresolved);
  return { keys, isOpen };
}

/** Whether a label or annotation asks a program to put more into it. */
function isFilled({ json }: PlacedObject): boolean {
  const { labels, annotations } = mapAt(json, 'metadata');
  return /inject|reflect|replicat|trust/i.test(JSON.stringify([labels, annotations]));
}
