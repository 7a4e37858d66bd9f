import { goRegexp } from '#go-regexp';
import { isMap, type JsonObject, listAt, scalarText } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type SecretGraph, storeUses } from '../../graph/secret-graph.ts';
import { selectsNamespace } from '../../kinds/core/pod.ts';
import { clusterSecretStore, storeOf } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { coreNamespace } from '../../kinds/kubernetes.ts';
import { error, type Rule } from '../rule.ts';

/** No namespace has a longer name. */
const LONGEST = 63;

export const storeConditions: Rule = error('store-conditions', storeUses, (use, graph) => {
  const { namespace, ref } = use;
  if (ref.kind !== clusterSecretStore.kind || isUnresolved(namespace) || namespace === '')
    return undefined;
  const store = storeOf(graph.find, ref, namespace);
  const stores = store === undefined ? [] : [store, ...graph.inPlaceOf(store)];
  if (store === undefined || stores.some(each => isAdmitted(graph, each, namespace)))
    return undefined;
  return {
    path: [...ref.path, 'name'],
    message: `ClusterSecretStore "${store.name}" does not admit namespace "${namespace}"`,
    hint: `Add "${namespace}" to the store's conditions, or use another store.`,
    related: [{ object: store, path: ['spec', 'conditions'], note: 'the conditions' }],
  };
});

function isAdmitted({ find }: SecretGraph, store: PlacedObject, name: string): boolean {
  const conditions = listAt(specOf(store), 'conditions').filter(isMap);
  const namespace = find(coreNamespace, '', name);
  const admits = ({ namespaceSelector: selector, ...condition }: JsonObject): boolean =>
    listAt(condition, 'namespaces').includes(name) ||
    listAt(condition, 'namespaceRegexes').some(regex => matches(scalarText(regex), name)) ||
    (isMap(selector) && selectsNamespace(selector, name, namespace));
  return conditions.length === 0 || conditions.some(admits);
}

function matches(regex: string, name: string): boolean {
  const match = name.length > LONGEST ? undefined : goRegexp(regex)?.(name);
  return match === undefined || match.length > 0;
}
