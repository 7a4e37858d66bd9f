import type { Path } from '../ground/finding.ts';
import { type JsonObject, textAt } from '../ground/json.ts';
import { mapsIn } from '../ground/json-walk.ts';
import { coreService } from '../kinds/core/service.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';
import type { ServiceHost } from './service-hosts.ts';

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
