import { groupBy, mapsIn, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type SecretGraph, type StoreUse, storeUses } from '../../graph/secret-graph.ts';
import { clusterSecretStore, secretStore, storeOf } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { serviceAccount } from '../../kinds/kubernetes.ts';
import { error, type Rule } from '../rule.ts';

export const storeNamespace: Rule = error('store-namespace', function* (graph) {
  const users = groupBy(storeUses(graph), use => storeOf(graph.find, use.ref, use.namespace));
  const accounts = accountsOf(graph);
  for (const object of graph.byKind(clusterSecretStore))
    for (const reference of referencesIn(object))
      if (isLacking(reference, users.get(object) ?? [], accounts))
        yield {
          object,
          path: reference.path,
          message: `${reference.field} of ClusterSecretStore "${object.name}" names no namespace`,
          hint: 'Add namespace: a ClusterSecretStore has none of its own.',
        };
  for (const object of graph.byKind(secretStore))
    for (const reference of referencesIn(object)) yield* inOtherNamespace(object, reference);
});

/** As ESO 1.3.2 refuses it: esutils' ValidateSecretSelector, and the kubernetes provider's ValidateStore. */
function* inOtherNamespace(object: PlacedObject, { field, path, value }: Reference) {
  const namespace = textAt(value, 'namespace');
  const isCa = field === 'caProvider';
  if (namespace === undefined || isUnresolved(namespace)) return;
  if (namespace === object.namespace && !isCa) return;
  if (object.namespace === '' || (isCa && path[2] !== 'kubernetes')) return;
  yield {
    object,
    path: [...path, 'namespace'],
    message: `${field} of SecretStore "${object.name}" may not name a namespace${isCa ? '' : ' but its own'}`,
    hint: 'Remove namespace, or make it a ClusterSecretStore.',
  };
}

/** Whether a namespace is missing. A CA needs one; an account without one is that of each ExternalSecret. */
function isLacking({ field, value }: Reference, users: readonly StoreUse[], accounts: Accounts) {
  const name = textAt(value, 'name') ?? '';
  if (textAt(value, 'namespace') !== undefined || isUnresolved(name)) return false;
  if (field === 'caProvider') return true;
  const homes = accounts.byName.get(name);
  const isHere = (user: string): boolean =>
    homes?.some(({ namespace }) => namespace === user) ?? !accounts.namespaces.has(user);
  return /^serviceAccount/.test(field) && !users.every(({ namespace }) => isHere(namespace));
}

type Accounts = ReturnType<typeof accountsOf>;

function accountsOf({ byKind }: SecretGraph) {
  const all = byKind(serviceAccount);
  return {
    byName: groupBy(all, ({ name }) => name),
    namespaces: new Set(all.map(({ namespace }) => namespace)),
  };
}

type Reference = ReturnType<typeof referencesIn>[number];

function referencesIn(object: PlacedObject) {
  return mapsIn(specOf(object)['provider'], ['spec', 'provider']).flatMap(({ map, path }) => {
    const field = String(path.at(-1));
    const isRef = REFERENCE.test(field) && typeof map['name'] === 'string';
    return isRef ? [{ field, path, value: map }] : [];
  });
}

const REFERENCE =
  /^(caProvider|serviceAccount|serviceAccountRef|.*[sS]ecretRef|clientCert|clientKey|bearerToken)$/;
