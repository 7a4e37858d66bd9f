import { mapAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { configMap } from '../kinds/core/secret.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { openTelemetryCollector } from '../kinds/otel.ts';
import type { Pod } from '../kinds/pods.ts';
import { isDeclared } from '../world/object-set.ts';
import { placedTexts } from './plain-text.ts';
import { findSecret, type SecretGraph } from './secret-graph.ts';

/** A `${env:NAME}` in the configuration of a collector that has no such variable. */
interface CollectorVariable extends ObjectField {
  readonly name: string;
  readonly known: ReadonlySet<string>;
}

/** All of them; `$${env:NAME}` is an escape. */
export function collectorVariables(graph: SecretGraph): CollectorVariable[] {
  const collectors = graph.byKind(openTelemetryCollector);
  if (collectors.length === 0) return [];
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  const variables = new Map(
    collectors.map(object => [object, variablesOf(graph, object, pods.get(object))]),
  );
  return placedTexts(graph).flatMap(({ object, path, text, container }) => {
    const known = container === undefined ? variables.get(object) : undefined;
    if (known === undefined) return [];
    return [...text.matchAll(/(?<!\$)\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)]
      .map(([, name = '']) => ({ object, path, name, known }))
      .filter(({ name }) => !known.has(name));
  });
}

/** The variables of a collector; undefined when some come from where the keys are not known. */
function variablesOf(
  graph: SecretGraph,
  object: PlacedObject,
  pod: Pod | undefined,
): Set<string> | undefined {
  const own = pod?.containers[0];
  const names = new Set(own?.env.map(({ name }) => name));
  for (const { secret, prefix } of own?.envFrom ?? []) {
    const node = secret === undefined ? undefined : findSecret(graph, object.namespace, secret);
    if (node === undefined || node.isOpen) return undefined;
    for (const key of node.keys) names.add(prefix + key);
  }
  return names;
}

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
  return (object.known?.provides?.configMaps?.(object) ?? []).map(
    name => `${object.namespace}/${name}`,
  );
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
