import { isMap, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type Denial, isWithoutRbac, type SecretAccess, secretAccess } from '../../graph/rbac.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { isInCluster, remoteNamespaceOf } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const storeAccess: Rule = {
  id: 'store-access',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'The ServiceAccount of a kubernetes store may read the Secrets that it is asked for.',

  *check(graph) {
    const denialOf = secretAccess(graph);
    for (const [store, reads] of readsByStore(graph)) {
      const account = accountOf(store);
      if (account === undefined || isWithoutRbac(graph, account)) continue;
      const namespace = remoteNamespaceOf(store) ?? '';
      const denied = [...reads].flatMap((secret): Denied[] => {
        const access: SecretAccess =
          secret === SEARCH
            ? { account, namespace, verb: 'list' }
            : { account, namespace, verb: 'get', secret };
        const denial = denialOf(access);
        return denial === undefined ? [] : [{ access, denial }];
      });
      if (denied.length > 0) yield refusal(store, account, denied);
    }
  },
};

/** Stands for the name of a Secret where all are listed. */
const SEARCH = '';

interface Denied {
  readonly access: SecretAccess;
  readonly denial: Denial;
}

function refusal(
  store: PlacedObject,
  account: SecretAccess['account'],
  denied: readonly Denied[],
): RuleFault {
  const [first] = denied;
  const { verb = 'get', namespace = '' } = first?.access ?? {};
  const { reason = '', object, path = [] } = first?.denial ?? {};
  const names = denied.flatMap(({ access }) =>
    access.secret === undefined ? [] : [`"${access.secret}"`],
  );
  const what = verb === 'list' ? 'list the Secrets' : `get the Secret ${names.join(', ')}`;
  const home = account.namespace === '' ? '' : ` of namespace "${account.namespace}"`;
  return {
    object: store,
    path: ['spec', 'provider', 'kubernetes', 'auth', 'serviceAccount'],
    message: `ServiceAccount "${account.name}" may not ${what} in namespace "${namespace}": ${reason}`,
    hint: `Bind ServiceAccount "${account.name}"${home} to a Role of "${namespace}" with the verb ${verb} on secrets.`,
    ...(object !== undefined && { related: [{ object, path, note: 'what stands in the way' }] }),
  };
}

/** The account that a store signs in as. Undefined: a ClusterSecretStore without a namespace has many. */
function accountOf(store: PlacedObject): SecretAccess['account'] | undefined {
  const account = mapAt(specOf(store), 'provider', 'kubernetes', 'auth', 'serviceAccount');
  const name = textAt(account, 'name') ?? '';
  const namespace = store.known?.isOfCluster ? textAt(account, 'namespace') : store.namespace;
  if (name === '' || namespace === undefined || isUnresolved(name + namespace)) return undefined;
  return { name, namespace };
}

/** The Secrets that are read through each store of this cluster. */
function readsByStore(graph: SecretGraph): Map<PlacedObject, Set<string>> {
  const reads = new Map<PlacedObject, Set<string>>();
  for (const secret of graph.externalSecrets) {
    for (const [store, key] of readsOf(graph, secret))
      reads.set(store, (reads.get(store) ?? new Set()).add(key));
  }
  return reads;
}

function readsOf(
  { find }: SecretGraph,
  { data, dataFrom, namespace }: ExternalSecret,
): [store: PlacedObject, key: string][] {
  const entries = [
    ...data,
    ...dataFrom.map(({ storeRef, extract, spec }) => ({
      storeRef,
      key: extract ?? (isMap(spec['find']) ? SEARCH : undefined),
    })),
  ];
  return entries.flatMap(({ storeRef, key }): [PlacedObject, string][] => {
    const store = storeRef && storeOf(find, storeRef, namespace);
    if (store === undefined || key === undefined || isUnresolved(key)) return [];
    return isInCluster(store) ? [[store, key]] : [];
  });
}
