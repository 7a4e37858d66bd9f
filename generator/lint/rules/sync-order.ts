import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { isApplication, isBeforeBy, isOrdered, orderPlace } from '../../kinds/argocd/sync-order.ts';
import { storeOf } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { syncId } from '../../world/object-set.ts';
import { error, type Rule } from '../rule.ts';

export const syncOrder: Rule = error('sync-order', function* (graph) {
  if (!graph.objects.some(isOrdered)) return;
  const reported = new Map<PlacedObject, Set<PlacedObject>>();
  for (const { object, needed } of needs(graph)) {
    if (needed === undefined || needed === object) continue;
    if (reported.get(object)?.has(needed) || isApart(object, needed, graph)) continue;
    const by = isBeforeBy(object, needed);
    if (by === undefined) continue;
    reported.set(object, (reported.get(object) ?? new Set()).add(needed));
    yield {
      object,
      path: orderPlace(object, by),
      message: `${object.kind} "${object.name}" comes before ${needed.kind} "${needed.name}", which it needs`,
      hint: HINTS[by],
      related: [{ object: needed, path: orderPlace(needed, by), note: 'needed first' }],
    };
  }
});

/** Whether objects are in different syncs: waves order only one. Without an applier, a build or folder is one sync. */
function isApart(object: PlacedObject, needed: PlacedObject, graph: SecretGraph): boolean {
  const { syncs, folders } = graph;
  const [sync, neededSync] = [object, needed].map(({ file, written }) =>
    written !== undefined && isApplication(written.by)
      ? syncId(written.by, written.by.name)
      : (syncs?.get(file) ?? folders?.get(file) ?? file),
  );
  return sync !== neededSync;
}

const HINTS = {
  phase:
    'Waves count within a phase only: make what it needs a hook of this phase too, in an earlier wave, or this one a hook of a later phase.',
  wave: 'Give it a later sync-wave than what it needs, or what it needs an earlier one.',
} as const;

function needs(graph: SecretGraph) {
  const stores = graph.externalSecrets.map(({ object, namespace, storeRef }) => ({
    object,
    needed: storeRef && storeOf(graph.find, storeRef, namespace),
  }));
  const makers = graph.readers
    .filter(({ isOptional, isByShape }) => !isOptional && !isByShape)
    .filter(({ object }) => object.knownKind?.secrets?.isOrderFree !== true)
    .map(({ object, namespace, secret }) => {
      const [maker, ...others] = findSecret(graph, namespace, secret)?.makers ?? [];
      return { object, needed: others.length === 0 ? maker?.object : undefined };
    });
  return [...stores, ...makers];
}
