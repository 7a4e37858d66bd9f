import type { ExternalSecret } from '../../graph/external-secrets.ts';
import { type Item, mapAt, specOf, textAt } from '../../graph/item.ts';
import { mayGetSecret } from '../../graph/rbac.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { remoteNamespaceOf, storeOf } from '../../graph/stores.ts';
import type { Rule } from '../rule.ts';

export const storeAccess: Rule = {
  id: 'store-access',
  severity: 'error',
  summary: 'The ServiceAccount of a kubernetes store may get the Secrets that are read through it.',

  *check(graph) {
    for (const [store, secrets] of readsByStore(graph)) {
      const account = mapAt(specOf(store), 'provider', 'kubernetes', 'auth', 'serviceAccount');
      const name = textAt(account, 'name');
      const namespace = textAt(account, 'namespace') ?? store.namespace;
      const remote = remoteNamespaceOf(store) ?? '';
      if (name === undefined || namespace === '') continue;
      const denied = [...secrets].filter(
        secret => !mayGetSecret(graph, { name, namespace }, remote, secret),
      );
      if (denied.length === 0) continue;
      yield {
        item: store,
        path: ['spec', 'provider', 'kubernetes', 'auth', 'serviceAccount'],
        message: `ServiceAccount "${name}" may not get the Secret ${denied.map(secret => `"${secret}"`).join(', ')} in namespace "${remote}"`,
        hint: 'Bind it to a Role of that namespace with the verb get on secrets.',
      };
    }
  },
};

/** The Secrets that are read through each kubernetes store. */
function readsByStore(graph: SecretGraph): Map<Item, Set<string>> {
  const reads = new Map<Item, Set<string>>();
  for (const secret of graph.externalSecrets) {
    for (const [store, key] of readsOf(graph, secret)) {
      reads.set(store, (reads.get(store) ?? new Set()).add(key));
    }
  }
  return reads;
}

function readsOf({ find }: SecretGraph, secret: ExternalSecret): [store: Item, key: string][] {
  const entries = [
    ...secret.data.map(({ storeRef, key }) => ({ storeRef, key })),
    ...secret.dataFrom.map(({ storeRef, extract }) => ({ storeRef, key: extract })),
  ];
  return entries.flatMap(({ storeRef, key }): [Item, string][] => {
    const store = storeRef === undefined ? undefined : storeOf(find, storeRef, secret.namespace);
    const isRead =
      store !== undefined && key !== undefined && remoteNamespaceOf(store) !== undefined;
    return isRead ? [[store, key]] : [];
  });
}
