import { isMap } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ObjectSource } from '../sets/parse-source.ts';

/** What a deployer does with the objects that it applies. */
type Placing = Pick<Applied, 'namespace' | 'isForced' | 'metadata'>;

/**
 * Objects as their deployer applies them: with its labels and annotations, and in its namespace,
 * which those that have none get, or all.
 */
export function placed(source: ObjectSource, applied: Placing): ObjectSource {
  const { namespace, metadata } = applied;
  if (namespace === undefined && metadata === undefined) return source;
  const objects = source.objects.map(object =>
    inNamespace(withMetadata(object, metadata), applied),
  );
  return { ...source, objects };
}

function inNamespace(object: PlacedObject, { namespace, isForced = false }: Placing): PlacedObject {
  const isOwn = object.known?.isOfCluster === true || (object.namespace !== '' && !isForced);
  return namespace === undefined || isOwn ? object : { ...object, namespace };
}

function withMetadata(object: PlacedObject, added: Placing['metadata']): PlacedObject {
  const own: unknown = object.json.metadata;
  if (added === undefined || !isMap(own)) return object;
  const given = Object.entries(added).map(([field, values]) => {
    const before = own[field];
    return [field, { ...(isMap(before) ? before : {}), ...values }];
  });
  const metadata = { ...own, ...Object.fromEntries(given) } as unknown as KubeObject['metadata'];
  return { ...object, json: { ...object.json, metadata } };
}
