import type { Path } from '../ground/finding.ts';
import { isMap, textAt } from '../ground/json.ts';
import type { Item } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';
import type { ServiceHost } from './service-hosts.ts';

/** References to Services that are no hosts in a text: backends of routes, webhooks, APIs. */
export function serviceRefs({ items }: SecretGraph): ServiceHost[] {
  return items
    .filter(({ known }) => known?.sendsToServices === true)
    .flatMap(item => refsIn(item, item.object, []));
}

function refsIn(item: Item, value: unknown, path: Path): ServiceHost[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => refsIn(item, entry, [...path, index]));
  if (!isMap(value)) return [];
  const field = typeof path.at(-1) === 'number' ? path.at(-2) : path.at(-1);
  const service = textAt(value, 'name');
  const isRef =
    field === 'service' ||
    (field === 'backendRefs' && (textAt(value, 'kind') ?? 'Service') === 'Service');
  if (isRef && service !== undefined) {
    const namespace = textAt(value, 'namespace') ?? item.namespace;
    return [
      { item, path: [...path, 'name'], setting: String(field), service, namespace, form: 'full' },
    ];
  }
  return Object.entries(value).flatMap(([name, child]) => refsIn(item, child, [...path, name]));
}
