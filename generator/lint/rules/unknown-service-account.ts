import { groupBy, mapsIn, textAt } from '../../core/json.ts';
import {
  inNamespace,
  inNamespaceOrNone,
  isUnresolved,
  ofNamespace,
} from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { readIam } from '../../graph/iam.ts';
import { nearestTo, type SecretGraph } from '../../graph/secret-graph.ts';
import { STORES } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { coreNamespace, serviceAccount } from '../../kinds/kubernetes.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownServiceAccount: Rule = absence('unknown-service-account', function* (graph) {
  const accounts = accountsOf(graph);
  const all = [...accounts.values()].flatMap(names => [...names]);
  const elsewhere = groupBy(all, ([name]) => name);
  for (const { object, path, namespace, name, isStore } of usesOf(graph)) {
    const names = accounts.get(namespace);
    if (names?.has(name) || isOutside(graph, namespace, name)) continue;
    const makers = (elsewhere.get(name) ?? []).map(([, maker]) => maker);
    const maker = nearestTo(object, makers.reverse());
    const isOurs = isStore && accounts.size > 0 && graph.find(coreNamespace, '', namespace);
    if (names === undefined && maker === undefined && !isOurs) continue;
    yield {
      object,
      path,
      message: `there is no ServiceAccount "${name}"${inNamespace(namespace)}`,
      hint:
        maker === undefined
          ? knownNames(`ServiceAccounts ${ofNamespace(namespace)}`, name, names?.keys() ?? [])
          : `There is one ${inNamespaceOrNone(maker.namespace)}.`,
      absent: { namespace, name },
    };
  }
});

function isOutside({ outside }: SecretGraph, namespace: string, name: string): boolean {
  return (
    name === 'default' ||
    isUnresolved(name + namespace) ||
    isDeclared(outside, serviceAccount.kind, { namespace, name })
  );
}

function accountsOf({ objects, byKind }: SecretGraph): Map<string, Map<string, PlacedObject>> {
  const written = byKind(serviceAccount);
  const accounts = new Map(written.map(({ namespace }) => [namespace, new Map()]));
  for (const object of [...written, ...objects])
    for (const name of object.knownKind?.provides?.accounts?.(object) ?? [])
      accounts.get(object.namespace)?.set(name, object);
  return accounts;
}

function usesOf(graph: SecretGraph) {
  const ofPods = graph.pods.flatMap(({ object, path: pod, spec }) => {
    const field = object.knownKind?.pods?.account ?? 'serviceAccountName';
    const [name, path] = [textAt(spec, field) ?? '', [...pod, field]];
    return name === '' ? [] : [{ object, path, namespace: object.namespace, name, isStore: false }];
  });
  const ofIam = readIam(graph).associations.flatMap(object => {
    const { namespace, serviceAccount: name } = specOf(object);
    if (typeof namespace !== 'string' || typeof name !== 'string') return [];
    return [{ object, path: ['spec', 'serviceAccount'], namespace, name, isStore: false }];
  });
  return [...STORES.flatMap(graph.byKind).flatMap(storeUses), ...ofPods, ...ofIam];
}

function storeUses(object: PlacedObject) {
  return mapsIn(specOf(object)['provider'], ['spec', 'provider']).flatMap(({ map, path }) => {
    const name = textAt(map, 'name');
    const namespace = textAt(map, 'namespace') ?? object.namespace;
    const isRef = ['serviceAccountRef', 'serviceAccount'].includes(String(path.at(-1)));
    // A ClusterSecretStore's reference without a namespace means that of each ExternalSecret.
    return isRef && name !== undefined && namespace !== ''
      ? [{ object, path: [...path, 'name'], namespace, name, isStore: true }]
      : [];
  });
}
