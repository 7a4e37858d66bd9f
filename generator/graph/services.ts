import type { Path } from '../ground/finding.ts';
import { type JsonObject, textAt } from '../ground/json.ts';
import { mapsIn } from '../ground/json-walk.ts';
import { coreService } from '../kinds/core/service.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { isDeclared } from '../read/sets/object-set.ts';
import type { SecretGraph } from './secret-graph.ts';
import type { ServiceHost } from './service-hosts.ts';

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

/** References to Services that are no hosts in a text: backends of routes, webhooks, APIs. */
export function serviceRefs({ objects }: SecretGraph): ServiceHost[] {
  return objects
    .filter(({ known }) => known?.sendsToServices === true)
    .flatMap(object =>
      mapsIn(object.json, []).flatMap(({ map, path }) => refOf(object, map, path) ?? []),
    );
}

function refOf(object: PlacedObject, map: JsonObject, path: Path): ServiceHost | undefined {
  const field = typeof path.at(-1) === 'number' ? path.at(-2) : path.at(-1);
  const service = textAt(map, 'name');
  const { kind } = coreService;
  const isRef =
    field === 'service' || (field === 'backendRefs' && (textAt(map, 'kind') ?? kind) === kind);
  if (!isRef || service === undefined) return undefined;
  const namespace = textAt(map, 'namespace') ?? object.namespace;
  return {
    object,
    path: [...path, 'name'],
    setting: String(field),
    service,
    namespace,
    form: 'full',
  };
}
