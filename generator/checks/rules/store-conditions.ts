import { type Item, listAt, mapAt, specOf, textAt } from '../../graph/item.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf, storeUses } from '../../graph/stores.ts';
import { isUnresolved } from '../../graph/unresolved.ts';
import { isMap } from '../../spec/merge-environment.ts';
import type { JsonObject } from '../../spec/spec.ts';
import type { Rule } from '../rule.ts';

export const storeConditions: Rule = {
  id: 'store-conditions',
  severity: 'error',
  summary: 'A ClusterSecretStore with conditions admits each namespace that uses it.',

  *check(graph) {
    for (const { item, namespace, ref } of storeUses(graph)) {
      if (ref.kind !== 'ClusterSecretStore' || isUnresolved(namespace)) continue;
      const store = storeOf(graph.find, ref, namespace);
      if (store === undefined || isAdmitted(graph, store, namespace)) continue;
      yield {
        item,
        path: [...ref.path, 'name'],
        message: `ClusterSecretStore "${store.name}" does not admit namespace "${namespace}"`,
        hint: `Add "${namespace}" to the store's conditions, or use another store.`,
        related: [{ item: store, path: ['spec', 'conditions'], note: 'the conditions' }],
      };
    }
  },
};

/** No conditions admit every namespace; of several one that matches is enough. */
function isAdmitted({ find }: SecretGraph, store: Item, name: string): boolean {
  const conditions = listAt(specOf(store), 'conditions').filter(isMap);
  const namespace = find('Namespace', '', name);
  return (
    conditions.length === 0 || conditions.some(condition => admits(condition, name, namespace))
  );
}

function admits(condition: JsonObject, name: string, namespace: Item | undefined): boolean {
  if (listAt(condition, 'namespaces').includes(name)) return true;
  if (listAt(condition, 'namespaceRegexes').some(regex => matches(String(regex), name)))
    return true;
  const selector = condition['namespaceSelector'];
  return isMap(selector) && selects(selector, name, namespace);
}

/** A namespace outside the set may have any labels but that of its name. */
function selects(selector: JsonObject, name: string, namespace: Item | undefined): boolean {
  const labels = mapAt(selector, 'matchLabels');
  const own = {
    ...mapAt(namespace?.object, 'metadata', 'labels'),
    'kubernetes.io/metadata.name': name,
  };
  const isOpen = (label: string): boolean =>
    namespace === undefined && label !== 'kubernetes.io/metadata.name';
  const isMet = (label: string, test: (value: unknown) => boolean): boolean =>
    isOpen(label) || test(Object.hasOwn(own, label) ? Reflect.get(own, label) : undefined);
  return (
    Object.entries(labels).every(([label, value]) => isMet(label, other => other === value)) &&
    listAt(selector, 'matchExpressions').every(expression =>
      isMet(textAt(expression, 'key') ?? '', value => expressionHolds(expression, value)),
    )
  );
}

/** As Kubernetes reads label selectors: In, NotIn, Exists, DoesNotExist. */
function expressionHolds(expression: unknown, value: unknown): boolean {
  const isListed = listAt(expression, 'values').some(listed => listed === value);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}

function matches(regex: string, name: string): boolean {
  try {
    return new RegExp(regex).test(name);
  } catch {
    return true; // Go knows expressions that JavaScript does not.
  }
}
