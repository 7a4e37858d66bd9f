import { groupBy, listAt, mapAt, sortBy, textAt } from '../../core/json.ts';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { relatedField, type SecretGraph } from '../../graph/secret-graph.ts';
import { pushedStores, pushSecret } from '../../kinds/eso/external-secret.ts';
import { storeOf } from '../../kinds/eso/stores.ts';
import { type ObjectField, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const duplicatePush: Rule = error('duplicate-push', function* (graph) {
  const pushes = graph.byKind(pushSecret).flatMap(object => pushesOf(object, graph));
  for (const alike of groupBy(pushes, ({ entry }) => entry).values()) {
    const [first, ...others] = sortBy(alike, ({ source }) => source);
    for (const { object, path, key, source } of others) {
      if (first === undefined || source === first.source || !areTogether(graph, object, first))
        continue;
      yield {
        object,
        path,
        message: `PushSecret "${first.object.name}"${inNamespace(first.object.namespace)} writes "${key}" too, with another Secret`,
        hint: 'Write to another entry, or delete one of the two.',
        related: [relatedField(first, 'writes it too')],
      };
    }
  }
});

/** The pushes that overwrite entries of known stores; `entry` and `source` are texts that name both ends. */
function pushesOf(object: PlacedObject, { find }: SecretGraph) {
  const { updatePolicy, selector } = specOf(object);
  const secret = textAt(selector, 'secret', 'name') ?? '';
  if (updatePolicy === 'IfNotExists' || isUnresolved(`${object.namespace}${secret}`)) return [];
  const stores = pushedStores(object).flatMap(ref => storeOf(find, ref, object.namespace) ?? []);
  return listAt(specOf(object), 'data').flatMap((data, index) => {
    const { remoteKey: key, property } = mapAt(data, 'match', 'remoteRef');
    if (typeof key !== 'string' || isUnresolved(`${key}${property ?? ''}`)) return [];
    const source = [object.namespace, secret, textAt(data, 'match', 'secretKey')];
    return stores.map(({ kind, namespace, name }) => ({
      object,
      path: ['spec', 'data', index, 'match', 'remoteRef', 'remoteKey'],
      key,
      entry: JSON.stringify([kind, namespace, name, key, property, mapAt(data)['metadata']]),
      source: JSON.stringify(source),
    }));
  });
}

/** Whether both are surely on one cluster: overlays of two clusters may write to stores of one name. */
function areTogether({ standingOf }: SecretGraph, object: PlacedObject, first: ObjectField) {
  const isApplied = ({ file }: PlacedObject): boolean => standingOf?.get(file) === 'applied';
  return object.file === first.object.file || (isApplied(object) && isApplied(first.object));
}
