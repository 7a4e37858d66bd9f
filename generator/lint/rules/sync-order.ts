import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import { argoApplication } from '../../kinds/argocd/application.ts';
import { applicationSet } from '../../kinds/argocd/application-set.ts';
import { hasSyncOrder, isBeforeBy, orderPlace } from '../../kinds/argocd/sync-order.ts';
import type { Item, Kind } from '../../kinds/kind.ts';
import { syncId } from '../../read/sets/sync-id.ts';
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
      if (told.has(needed) || isApart(item, needed, graph)) continue;
      const by = isBeforeBy(item, needed);
      if (by === undefined) continue;
      told.add(needed);
      yield {
        item,
        path: orderPlace(item, by),
        message: `${item.kind} "${item.name}" comes before ${needed.kind} "${needed.name}", which it needs`,
        hint: HINTS[by],
        related: [{ item: needed, path: orderPlace(needed, by), note: 'needed first' }],
      };
    }
  },
};

/** Whether two are in syncs of their own: waves and hooks order what is in one. */
function isApart(item: Item, needed: Item, { syncs }: SecretGraph): boolean {
  const [own, other] = [item, needed].map(({ file, written }) =>
    written !== undefined && SYNCING.includes(written.by.known)
      ? syncId(written.by, written.by.name)
      : syncs?.get(file),
  );
  return own !== undefined && other !== undefined && own !== other;
}

/** Of what brings objects, that which syncs them by itself. */
const SYNCING: readonly (Kind | undefined)[] = [argoApplication, applicationSet];

const HINTS = {
  phase:
    'Waves count within a phase only: make what it needs a hook of this phase too, in an earlier wave, or this one a hook of a later phase.',
  wave: 'Give it a later sync-wave than what it needs, or what it needs an earlier one.',
} as const;

/** An object and one that it needs: a store, or the maker of a Secret that it reads. */
function needs(graph: SecretGraph): [Item, Item][] {
  const stores = graph.externalSecrets.flatMap(({ item, namespace, storeRef }): [Item, Item][] => {
    const store = storeRef === undefined ? undefined : storeOf(graph.find, storeRef, namespace);
    return store === undefined ? [] : [[item, store]];
  });
  const makers = graph.readers
    .filter(({ item, isOptional }) => !isOptional && item.known?.isReadingLate !== true)
    .flatMap(({ item, namespace, secret }): [Item, Item][] => {
      const [maker, ...others] = findSecret(graph, namespace, secret)?.makers ?? [];
      const isOne = maker !== undefined && others.length === 0 && maker.item !== item;
      return isOne ? [[item, maker.item]] : [];
    });
  return [...stores, ...makers];
}
