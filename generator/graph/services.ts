import type { PlacedObject } from '../kinds/kind.ts';
import { isDeclared } from '../read/sets/object-set.ts';
import type { SecretGraph } from './secret-graph.ts';

/** Every name that a cluster's DNS will know, `namespace/name`, and what makes it. */
export function serviceMakers({ objects }: SecretGraph): Map<string, PlacedObject> {
  const made = objects.flatMap(object =>
    (object.known?.services?.(object) ?? []).map((name): [string, PlacedObject] => [
      serviceId(object.namespace, name),
      object,
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
