import type { Path } from '../../core/finding.ts';
import { groupBy, isSame } from '../../core/json.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { absentReads } from '../../graph/reads.ts';
import { type Reader, secretId } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Changed, type Comparison, deployerOf, fieldPath } from '../field-changes.ts';
import { keepsData } from './claims.ts';

/**
 * Whether one apply brings objects of head: one Kustomization or Application has them all, so none
 * waits for the next interval or sync of another one.
 */
export function isAppliedTogether(
  comparison: Comparison,
  object: PlacedObject,
  others: readonly PlacedObject[],
): boolean {
  const deployer = deployerOf(comparison, object);
  if (deployer === undefined) return false;
  const id = objectIdentity(deployer);
  return others.every(other => {
    const by = deployerOf(comparison, other);
    return by !== undefined && objectIdentity(by) === id;
  });
}

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
        head.known?.secrets?.byHand?.(head).includes(reader.secret) !== true,
    );
    const missing = [...new Set(own.map(({ reader }) => reader.secret))].sort();
    return { base, head, hasData: keepsData(head, comparison.head.find), missing };
  });
}

/** A field of what pods are made from. */
interface PodField {
  readonly path: Path;
  readonly basePath?: Path;
  readonly text: string;
}

/**
 * What changes in what the pods of a workload are made from, checksum annotations included; the
 * order of lists counts, as it does for the controllers. A CronJob's next run has the new template.
 */
export function podChange(change: Changed): PodField[] {
  const source = change.head.known?.pods?.source;
  if (source === undefined || isSame(source.of(change.before), source.of(change.after))) return [];
  const fields = change.fields.flatMap((field): PodField[] => {
    const path = fieldPath(field);
    const { basePath, field: text } = field;
    if (!source.has(path)) return [];
    return [{ path, ...(basePath !== undefined && { basePath }), text }];
  });
  return fields.length > 0 ? fields : [{ path: ['spec'], text: 'the order of its lists' }];
}
