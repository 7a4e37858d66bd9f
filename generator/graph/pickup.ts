import { isMap, mapAt } from '../ground/json.ts';
import { hasReloadLabel } from '../kinds/cnpg/group.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { frozenReads, isLasting } from '../kinds/frozen-reads.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Pod } from '../kinds/pods.ts';
import { isReloadedAnyway, isWatched } from '../kinds/reloader/watch.ts';
import type { Reader, SecretGraph, SecretNode } from './secret-graph.ts';

/**
 * How a reader comes to a changed value: Reloader restarts it, its files change, its next run
 * starts anew, CNPG reloads it, it reads at every use; or never, until somebody restarts it.
 */
export type Pickup = 'reloader' | 'files' | 'next run' | 'reload label' | 'at use' | 'never';

/** How the reads of one object come to a changed Secret. */
export function pickups(
  graph: SecretGraph,
): (reads: readonly Reader[], node: SecretNode) => Pickup {
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  const external = new Map(graph.externalSecrets.map(secret => [secret.object, secret]));
  const isAnyway = isReloadedAnyway(graph.pods);
  return (reads, node) => {
    if (reads.some(({ how }) => how === 'cnpg'))
      return isReloadedByCnpg(node, external) ? 'reload label' : 'never';
    const held = reads.filter(({ how }) => how !== 'pull');
    const pod = held[0] === undefined ? undefined : pods.get(held[0].object);
    return pod === undefined ? 'at use' : pickupOfPod(pod, held, node.name, isAnyway);
  };
}

function pickupOfPod(pod: Pod, held: readonly Reader[], secret: string, isAnyway: boolean): Pickup {
  if (!isLasting(pod)) return 'next run';
  if (isAnyway || isWatched(pod, secret)) return 'reloader';
  if (frozenReads(pod).some(read => read.secret === secret)) return 'never';
  return held.every(({ how }) => how === 'volume' || how === 'projected') ? 'files' : 'at use';
}

/**
 * CNPG takes up a changed Secret that has the label (docs/facts/cnpg.md#reload-label). An
 * ExternalSecret without a template passes its own labels on
 * (docs/facts/eso.md#labels-of-the-secret).
 */
function isReloadedByCnpg(
  { makers: [maker] }: SecretNode,
  external: ReadonlyMap<PlacedObject, ExternalSecret>,
): boolean {
  if (maker === undefined) return false;
  const { template } = mapAt(external.get(maker.object)?.spec, 'target');
  const labelled = isMap(template) ? template : maker.object.json;
  return hasReloadLabel(mapAt(labelled, 'metadata', 'labels'));
}
