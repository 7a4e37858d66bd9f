import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { openTelemetryCollector } from '../kinds/otel/open-telemetry-collector.ts';
import type { Pod } from '../kinds/pods.ts';
import { placedTexts } from './placed-texts.ts';
import { findSecret, type SecretGraph } from './secret-graph.ts';

/** A `${env:NAME}` in the configuration of a collector that has no such variable. */
export interface CollectorVariable extends ObjectField {
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
