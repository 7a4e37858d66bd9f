import { absentReads } from '../../../graph/absent-secrets.ts';
import { type Reader, secretId } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { keepsData } from './kept-data.ts';

/** An object that leaves a namespace and comes back in another under the same name. */
export interface Move {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  readonly hasData: boolean;
  /** Secrets that it reads, and that are not where it goes. */
  readonly missing: readonly string[];
}

/**
 * Objects that move and lose something by it: their volumes, or the Secrets they read. Where nothing
 * is lost the workloads are left: they stop in one place and start in another. Who stays behind and
 * reads a Secret that has moved is the matter of secret-lost.
 */
export function namespaceMoves(comparison: Comparison): Move[] {
  const groups = groupBy(
    moves(comparison),
    ({ base, head }) => `${base.namespace} → ${head.namespace}`,
  );
  const running = new Set(comparison.head.pods.map(({ object }) => object));
  return [...groups.values()].flatMap(group => {
    const losing = group.filter(({ hasData, missing }) => hasData || missing.length > 0);
    return losing.length > 0 ? losing : group.filter(({ head }) => running.has(head));
  });
}

function readId({ namespace, secret }: Pick<Reader, 'namespace' | 'secret'>): string {
  return secretId(namespace, secret);
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
  const reads = absentReads(comparison.head).filter(({ reader }) => !reader.isOptional);
  // What others read there already is made there by somebody, and so is what nothing else can make.
  const there = new Set(comparison.base.readers.map(readId));
  return pairs.map(({ base, head }) => {
    const own = reads.filter(
      ({ reader }) =>
        reader.object === head &&
        reader.namespace === head.namespace &&
        !there.has(readId(reader)) &&
        head.known?.byHand?.(head).includes(reader.secret) !== true,
    );
    const missing = [...new Set(own.map(({ reader }) => reader.secret))].sort();
    return { base, head, hasData: keepsData(head, comparison.head.find), missing };
  });
}
