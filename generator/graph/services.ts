import { cnpgClusters, servicesOf } from './cnpg-hosts.ts';
import { type Item, specOf } from './item.ts';
import type { SecretGraph } from './secret-graph.ts';

/**
 * Every name that a cluster's DNS will know, `namespace/name`, and what makes it: Services, those of
 * CNPG Clusters, Poolers, which are named like theirs, and those of collectors.
 */
export function serviceMakers(graph: SecretGraph): Map<string, Item> {
  const named = [...graph.byKind('Service'), ...graph.byKind('Pooler')];
  const made = [
    ...named.map(item => [item, item.name] as const),
    ...cnpgClusters(graph).flatMap(item =>
      [...servicesOf(item)].map(name => [item, name] as const),
    ),
    ...graph
      .byKind('OpenTelemetryCollector')
      .flatMap(item => collectorServices(item).map(name => [item, name] as const)),
  ];
  return new Map(made.map(([item, name]) => [serviceId(item.namespace, name), item]));
}

/** How a Service is named among those of all namespaces. */
export function serviceId(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** The Services that the operator makes for a collector (operator 0.140, internal/naming). */
function collectorServices(item: Item): string[] {
  if (specOf(item)['mode'] === 'sidecar') return [];
  const suffixes = ['', '-headless', '-monitoring', '-extension'];
  const own = suffixes.map(suffix => `${item.name}-collector${suffix}`);
  return [...own, `${item.name}-targetallocator`];
}
