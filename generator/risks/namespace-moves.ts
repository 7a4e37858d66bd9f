import type { Comparison } from '../diff/comparison.ts';
import { deletionOf } from '../diff/deletion.ts';
import { absentReads } from '../graph/absent-secrets.ts';
import { isCnpg } from '../graph/cnpg-clusters.ts';
import { type Item, listAt, specOf } from '../graph/item.ts';
import { type Reader, secretId } from '../graph/secret-graph.ts';

/** An object that leaves a namespace and comes back in another under the same name. */
export interface Move {
  readonly base: Item;
  readonly head: Item;
  /** Secrets that it reads, and that are not where it goes. */
  readonly missing: readonly string[];
  /** What stays behind and reads a Secret that goes with it. */
  readonly left: readonly Reader[];
}

/**
 * Objects that move and lose something by it: their volumes, the Secrets they read, or the readers
 * of those they make. Where nothing is lost the workloads are left: they stop in one place and start
 * in another.
 */
export function namespaceMoves(comparison: Comparison): Move[] {
  const groups = new Map<string, Move[]>();
  for (const move of moves(comparison)) {
    const way = `${move.base.namespace} → ${move.head.namespace}`;
    groups.set(way, [...(groups.get(way) ?? []), move]);
  }
  const running = new Set(comparison.head.pods.map(({ item }) => item));
  return [...groups.values()].flatMap(group => {
    const losing = group.filter(
      ({ head, missing, left }) => hasVolumes(head) || missing.length + left.length > 0,
    );
    return losing.length > 0 ? losing : group.filter(({ head }) => running.has(head));
  });
}

/** An empty namespace is one that somebody else fills in. */
function moves(comparison: Comparison): Move[] {
  const pairs = comparison.changes.flatMap(change => {
    if (change.what !== 'removed' || change.becomes === undefined) return [];
    const { base, becomes: head } = change;
    const isMove = base.name === head.name && base.namespace !== '' && head.namespace !== '';
    return isMove ? [{ base, head }] : [];
  });
  if (pairs.length === 0) return [];
  const reads = absentReads(comparison.head)
    .map(({ reader }) => reader)
    .filter(({ isOptional }) => !isOptional);
  return pairs.map(({ base, head }) => {
    const own = reads.filter(read => read.item === head && read.namespace === head.namespace);
    const isKept = deletionOf(comparison, base).outcome === 'kept';
    const left = isKept ? [] : reads.filter(read => isMadeBy(base, read, comparison));
    return { base, head, missing: [...new Set(own.map(({ secret }) => secret))].sort(), left };
  });
}

/**
 * Whether a Secret goes with what makes it. Those of a CNPG Cluster are the least of what it takes
 * along, and one that an ExternalSecret does not own stays.
 */
function isMadeBy(maker: Item, { namespace, secret }: Reader, { base }: Comparison): boolean {
  const made = base.secrets.get(secretId(namespace, secret));
  const isStaying = base.externalSecrets.some(
    ({ item, creationPolicy }) => item === maker && creationPolicy !== 'Owner',
  );
  const isMaker = made?.makers.some(({ item }) => item === maker) === true;
  return isMaker && !isCnpg(maker) && !isStaying;
}

/** Whether an object keeps data in its namespace. */
export function hasVolumes(item: Item): boolean {
  if (item.kind === 'StatefulSet') return listAt(specOf(item), 'volumeClaimTemplates').length > 0;
  return item.kind === 'PersistentVolumeClaim' || (item.kind === 'Cluster' && isCnpg(item));
}
