import { isMap } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import type { Item } from '../../kinds/kind.ts';
import type { ObjectSource } from '../sets/parse-source.ts';

/**
 * Objects as their deployer applies them: with its labels and annotations, and in its namespace,
 * which those that have none get, or all.
 */
export function placed(source: ObjectSource, applied: Applied): ObjectSource {
  const { namespace, metadata } = applied;
  if (namespace === undefined && metadata === undefined) return source;
  const items = source.items.map(item => inNamespace(withMetadata(item, metadata), applied));
  return { ...source, items };
}

function inNamespace(item: Item, { namespace, isForced = false }: Applied): Item {
  const isOwn = item.known?.isOfCluster === true || (item.namespace !== '' && !isForced);
  return namespace === undefined || isOwn ? item : { ...item, namespace };
}

function withMetadata(item: Item, added: Applied['metadata']): Item {
  const own: unknown = item.object.metadata;
  if (added === undefined || !isMap(own)) return item;
  const given = Object.entries(added).map(([field, values]) => {
    const before = own[field];
    return [field, { ...(isMap(before) ? before : {}), ...values }];
  });
  const metadata = { ...own, ...Object.fromEntries(given) } as unknown as KubeObject['metadata'];
  return { ...item, object: { ...item.object, metadata } };
}
