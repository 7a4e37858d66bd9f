import { readIam } from '../../graph/iam.ts';
import { type Item, specOf } from '../../graph/item.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, mapAt, textAt } from '../../ground/json.ts';
import { inNamespace, ofNamespace } from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Rule } from '../rule.ts';

export const unknownServiceAccount: Rule = {
  id: 'unknown-service-account',
  severity: 'error',
  claimsAbsence: true,
  summary: 'Each ServiceAccount that a store, a pod or a Pod Identity association uses exists.',

  *check(graph) {
    const accounts = accountsOf(graph);
    const elsewhere = new Map(
      [...accounts].flatMap(([namespace, names]) =>
        [...names].map((name): [string, string] => [name, namespace]),
      ),
    );
    for (const use of usesOf(graph)) {
      const { item, path, namespace, name } = use;
      const names = accounts.get(namespace);
      const other = elsewhere.get(name);
      if (names?.has(name) || isOutside(graph, namespace, name)) continue;
      if (names === undefined && other === undefined && !isOurs(use, graph)) continue;
      yield {
        item,
        path,
        message: `there is no ServiceAccount "${name}"${inNamespace(namespace)}`,
        hint:
          other === undefined
            ? knownNames(`ServiceAccounts ${ofNamespace(namespace)}`, name, names ?? [])
            : `There is one in namespace "${other}".`,
      };
    }
  },
};

/**
 * A namespace of which the set has no account may be somebody else's, unless the set makes it and
 * has accounts of others.
 */
function isOurs({ isStore = false, namespace }: Use, { find, byKind }: SecretGraph): boolean {
  const isMade = find('Namespace', '', namespace) !== undefined;
  return isStore && isMade && byKind('ServiceAccount').length > 0;
}

function isOutside({ outside }: SecretGraph, namespace: string, name: string): boolean {
  return (
    name === 'default' ||
    isUnresolved(name + namespace) ||
    outside.objects.has(`ServiceAccount/${name}`) ||
    outside.objects.has(`ServiceAccount/${namespace}/${name}`)
  );
}

/** Accounts by namespace: those of the set, and those that operators make. */
function accountsOf({ byKind }: SecretGraph): Map<string, Set<string>> {
  const accounts = new Map<string, Set<string>>();
  const add = (namespace: string, name: string): void => {
    accounts.set(namespace, (accounts.get(namespace) ?? new Set()).add(name));
  };
  for (const { namespace, name } of byKind('ServiceAccount')) add(namespace, name);
  for (const { namespace, name, group } of byKind('Cluster'))
    if (accounts.has(namespace) && group === 'postgresql.cnpg.io') add(namespace, name);
  for (const { namespace, name } of byKind('Pooler'))
    if (accounts.has(namespace)) add(namespace, name);
  for (const { namespace, name } of byKind('OpenTelemetryCollector'))
    if (accounts.has(namespace)) add(namespace, `${name}-collector`);
  return accounts;
}

interface Use {
  readonly item: Item;
  readonly path: Path;
  readonly namespace: string;
  readonly name: string;
  readonly isStore?: boolean;
}

function usesOf(graph: SecretGraph): Use[] {
  const stores = [...graph.byKind('SecretStore'), ...graph.byKind('ClusterSecretStore')];
  return [
    ...stores.flatMap(item =>
      storeUses(item, mapAt(specOf(item), 'provider'), ['spec', 'provider']),
    ),
    ...graph.pods.flatMap(({ item, path, spec }): Use[] => {
      const field =
        item.kind === 'OpenTelemetryCollector' ? 'serviceAccount' : 'serviceAccountName';
      const name = textAt(spec, field) ?? '';
      return name === '' ? [] : [{ item, path: [...path, field], namespace: item.namespace, name }];
    }),
    ...readIam(graph).associations.flatMap((item): Use[] => {
      const { namespace, serviceAccount } = specOf(item);
      if (typeof namespace !== 'string' || typeof serviceAccount !== 'string') return [];
      return [{ item, path: ['spec', 'serviceAccount'], namespace, name: serviceAccount }];
    }),
  ];
}

/** `serviceAccountRef`, and the kubernetes provider's `serviceAccount`, wherever a provider has them. */
function storeUses(item: Item, value: Json, path: Path): Use[] {
  if (!isMap(value)) return [];
  const name = textAt(value, 'name');
  const namespace = textAt(value, 'namespace') ?? item.namespace;
  const isRef = ['serviceAccountRef', 'serviceAccount'].includes(String(path.at(-1)));
  // A ClusterSecretStore's reference without a namespace means that of each ExternalSecret.
  if (isRef && name !== undefined && namespace !== '')
    return [{ item, path: [...path, 'name'], namespace, name, isStore: true }];
  return Object.entries(value).flatMap(([field, child]) =>
    storeUses(item, child, [...path, field]),
  );
}
