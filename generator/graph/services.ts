import type { Item } from '../kinds/kind.ts';
import { isDeclared } from '../read/sets/object-set.ts';
import type { SecretGraph } from './secret-graph.ts';

/** Every name that a cluster's DNS will know, `namespace/name`, and what makes it. */
export function serviceMakers({ items }: SecretGraph): Map<string, Item> {
  const made = items.flatMap(item =>
    (item.known?.services?.(item) ?? []).map((name): [string, Item] => [
      serviceId(item.namespace, name),
      item,
    ]),
  );
  return new Map(made);
}

/** How a Service is named among those of all namespaces. */
export function serviceId(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Whether a Service is declared to be there, though no manifest shows it. */
export function isServiceOutside(
  { outside }: SecretGraph,
  { namespace, service }: { readonly namespace: string; readonly service: string },
): boolean {
  return isDeclared(outside, 'Service', { namespace, name: service });
}
