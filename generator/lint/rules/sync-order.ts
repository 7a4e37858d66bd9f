import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import { argoApplication } from '../../kinds/argocd/application.ts';
import { applicationSet } from '../../kinds/argocd/application-set.ts';
import { hasSyncOrder, isBeforeBy, orderPlace } from '../../kinds/argocd/sync-order.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { syncId } from '../../world/object-set.ts';
import type { Rule } from '../rule.ts';

export const syncOrder: Rule = {
  id: 'sync-order',
  severity: 'error',
  summary: 'Argo CD applies an object after what it needs to become healthy.',

  *check(graph) {
    // Without waves and hooks all comes at once.
    if (!graph.objects.some(hasSyncOrder)) return;
    const seen = new Map<PlacedObject, Set<PlacedObject>>();
    for (const [object, needed] of needs(graph)) {
      const told = seen.get(object) ?? new Set();
      seen.set(object, told);
      if (told.has(needed) || isApart(object, needed, graph)) continue;
      const by = isBeforeBy(object, needed);
      if (by === undefined) continue;
      told.add(needed);
      yield {
        object,
        path: orderPlace(object, by),
        message: `${object.kind} "${object.name}" comes before ${needed.kind} "${needed.name}", which it needs`,
        hint: HINTS[by],
        related: [{ object: needed, path: orderPlace(needed, by), note: 'needed first' }],
      };
    }
  },
};

/**
 * Whether two are in syncs of their own, or one in none that is here: waves and hooks order what is in one.
 * What nothing here applies is in one sync, if any, with what is built with it, or lies in its folder.
 */
function isApart(object: PlacedObject, needed: PlacedObject, graph: SecretGraph): boolean {
  const { syncs, folders } = graph;
  const [own, other] = [object, needed].map(({ file, written }) =>
    written !== undefined && SYNCING.includes(written.by.known)
      ? syncId(written.by, written.by.name)
      : (syncs?.get(file) ?? folders?.get(file) ?? file),
  );
  return own !== other;
}

/** Of what brings objects, that which syncs them by itself. */
const SYNCING: readonly (Kind | undefined)[] = [argoApplication, applicationSet];

const HINTS = {
  phase:
    'Waves count within a phase only: make what it needs a hook of this phase too, in an earlier wave, or this one a hook of a later phase.',
  wave: 'Give it a later sync-wave than what it needs, or what it needs an earlier one.',
} as const;

/** An object and one that it needs: a store, or the maker of a Secret that it reads. */
function needs(graph: SecretGraph): [PlacedObject, PlacedObject][] {
  const stores = graph.externalSecrets.flatMap(
    ({ object, namespace, storeRef }): [PlacedObject, PlacedObject][] => {
      const store = storeRef === undefined ? undefined : storeOf(graph.find, storeRef, namespace);
      return store === undefined ? [] : [[object, store]];
    },
  );
  const makers = graph.readers
    .filter(({ object, isOptional }) => !isOptional && object.known?.secrets?.isOrderFree !== true)
    .flatMap(({ object, namespace, secret }): [PlacedObject, PlacedObject][] => {
      const [maker, ...others] = findSecret(graph, namespace, secret)?.makers ?? [];
      const isOne = maker !== undefined && others.length === 0 && maker.object !== object;
      return isOne ? [[object, maker.object]] : [];
    });
  return [...stores, ...makers];
}
