import { annotationOf, type Item } from '../../graph/item.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import { hasSyncOrder, isBefore } from '../../graph/sync-order.ts';
import type { Path } from '../../source/finding.ts';
import type { Rule } from '../rule.ts';

export const syncOrder: Rule = {
  id: 'sync-order',
  severity: 'error',
  summary: 'Argo CD applies an object after what it needs to become healthy.',

  *check(graph) {
    // Without waves and hooks all comes at once.
    if (!graph.items.some(hasSyncOrder)) return;
    const seen = new Map<Item, Set<Item>>();
    for (const [item, needed] of needs(graph)) {
      const told = seen.get(item) ?? new Set();
      seen.set(item, told);
      if (told.has(needed) || !isBefore(item, needed)) continue;
      told.add(needed);
      yield {
        item,
        path: placeOf(item),
        message: `${item.kind} "${item.name}" comes before ${needed.kind} "${needed.name}", which it needs`,
        hint: 'Give it a later sync-wave than what it needs, or what it needs an earlier one.',
        related: [{ item: needed, path: placeOf(needed), note: 'needed first' }],
      };
    }
  },
};

/** An object and one that it needs: a store, or the maker of a Secret that it reads. */
function needs(graph: SecretGraph): [Item, Item][] {
  const stores = graph.externalSecrets.flatMap(({ item, namespace, storeRef }): [Item, Item][] => {
    const store = storeRef === undefined ? undefined : storeOf(graph.find, storeRef, namespace);
    return store === undefined ? [] : [[item, store]];
  });
  const makers = graph.readers
    .filter(
      ({ item, isOptional }) => !isOptional && !['ServiceAccount', 'Ingress'].includes(item.kind),
    )
    .flatMap(({ item, namespace, secret }): [Item, Item][] => {
      const [maker, ...others] = findSecret(graph, namespace, secret)?.makers ?? [];
      const isOne = maker !== undefined && others.length === 0 && maker.item !== item;
      return isOne ? [[item, maker.item]] : [];
    });
  return [...stores, ...makers];
}

function placeOf(item: Item): Path {
  const wave = 'argocd.argoproj.io/sync-wave';
  const isGiven = annotationOf(item, wave) !== undefined;
  return isGiven ? ['metadata', 'annotations', wave] : ['metadata', 'name'];
}
