import { groupBy, mapAt } from '../../core/json.ts';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { knownNames, slipFor } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { relatedName, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { configMap } from '../../kinds/core/secret.ts';
import type { PlacedObject, Read } from '../../kinds/kind.ts';
import { configMapReads, type Pod } from '../../kinds/pods.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownConfigMap: Rule = absence('unknown-config-map', 'pods', function* (pod, graph) {
  const { namespace } = pod.object;
  if (namespace === '' || isUnresolved(namespace)) return;
  const { made, unread } = configMaps(graph);
  for (const { secret: name, isOptional, ...read } of needed(pod)) {
    if (isOptional || isUnresolved(name)) continue;
    const maps = made.get(secretId(namespace, name));
    const meant = maps === undefined ? slipFor(name, unread(namespace)) : undefined;
    if (maps !== undefined) yield* missingKey(name, read, maps);
    else if (meant !== undefined)
      yield {
        path: read.path,
        message: `there is no ConfigMap "${name}"${inNamespace(namespace)}`,
        hint: `Did you mean "${meant}", which nothing reads?`,
        absent: { namespace, name },
      };
  }
});

const needed: (pod: Pod) => readonly Read[] = oncePer(configMapReads);

/** The ConfigMaps of manifests, and the names of those that no pod reads. */
const configMaps = oncePer((graph: SecretGraph) => {
  const made = groupBy(graph.byKind(configMap), object => secretId(object.namespace, object.name));
  const read = new Set(
    graph.pods.flatMap(pod =>
      needed(pod).map(({ secret }) => secretId(pod.object.namespace, secret)),
    ),
  );
  const unread = [...made].flatMap(([id, [object]]) => (read.has(id) ? [] : [object]));
  const byNamespace = groupBy(unread, ({ namespace }) => namespace);
  return {
    made,
    unread: (namespace: string) => (byNamespace.get(namespace) ?? []).map(({ name }) => name),
  };
});

/** Of a ConfigMap without keys, or in which something puts more, they are not known. */
function* missingKey(
  name: string,
  { key, keyPath }: Pick<Read, 'key' | 'keyPath'>,
  maps: readonly PlacedObject[],
) {
  const keys = maps.flatMap(({ json }) =>
    Object.keys({ ...mapAt(json, 'data'), ...mapAt(json, 'binaryData') }),
  );
  const isOpen = keys.length === 0 || keys.some(isUnresolved) || maps.some(isFilled);
  if (key === undefined || keyPath === undefined || isOpen || isUnresolved(key)) return;
  if (keys.includes(key)) return;
  yield {
    path: keyPath,
    message: `ConfigMap "${name}" has no key "${key}"`,
    hint: knownNames(`keys of "${name}"`, key, keys),
    related: maps.slice(0, 1).map(map => relatedName(map, 'the ConfigMap')),
    absent: 'itself' as const,
  };
}

/** Whether a label or annotation asks a program to put more into it. */
function isFilled({ json }: PlacedObject): boolean {
  const { labels, annotations } = mapAt(json, 'metadata');
  return /inject|reflect|replicat|trust/i.test(JSON.stringify([labels, annotations]));
}
