import { fieldOf } from '../../core/finding.ts';
import { groupBy } from '../../core/json.ts';
import { inNamespace } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import { absentReads } from '../../graph/reads.ts';
import { type Reader, secretId } from '../../graph/secret-graph.ts';
import { objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import { faultsOf, knownFaults } from '../../lint/check.ts';
import type { Rule, RuleFault } from '../../lint/rule.ts';
import { identityOf } from '../../report/causes.ts';
import { applierOf, type Both, type Diff, isSameObject, removedOf } from '../diff.ts';
import { keepsData } from './claims.ts';

const partnersOf = oncePer(({ changes, base, head }: Diff) => {
  const madeBefore = groupBy(base.objects, ({ written }) => written?.by);
  const madeAfter = groupBy(head.objects, ({ written }) => written?.by);
  const pairs = changes.flatMap(change => {
    if (change.what !== 'added' || change.was === undefined) return [];
    const made = pairsByKind(madeBefore.get(change.was), madeAfter.get(change.head));
    return [[change.head, change.was] as const, ...made];
  });
  return new Map([...pairs, ...pairs.map(([after, before]) => [before, after] as const)]);
});

/** The objects of kinds of which both sides have a single object. */
function pairsByKind(before: readonly PlacedObject[] = [], after: readonly PlacedObject[] = []) {
  const kindId = ({ group, kind }: PlacedObject): string => `${group}/${kind}`;
  const beforeByKind = groupBy(before, kindId);
  return [...groupBy(after, kindId)].flatMap(([kind, [object, more]]) => {
    const [was, moreBefore] = beforeByKind.get(kind) ?? [];
    return was === undefined || (more ?? moreBefore) ? [] : [[object, was] as const];
  });
}

/** The identity of a fault that is the same on both sides, also if its object was renamed or moved. */
export function lastingKey({ object, path, message }: RuleFault, diff: Diff): string {
  const partner = partnersOf(diff).get(object);
  const objects = partner === undefined ? [object] : [object, partner];
  const rest = (partner ? objects : [])
    .flatMap(({ namespace, name }) => [inNamespace(namespace), `"${name}"`])
    .reduce((text, name) => text.replaceAll(name, ''), message);
  const { field, names } = identityOf({ rule: '', field: fieldOf(path), message: rest, object });
  return JSON.stringify([objects.map(objectIdentity).sort(), field, names]);
}

/** A read of head as it was on base, where its object had another name or namespace. */
export function formerRead<T extends Pick<Reader, 'object' | 'namespace'>>(read: T, diff: Diff): T {
  const { object } = read;
  const was = partnersOf(diff).get(object);
  if (was === undefined) return read;
  const namespace = read.namespace === object.namespace ? was.namespace : read.namespace;
  return { ...read, object: was, namespace };
}

/** Whether an object is in another namespace than before, as far as both sides name one. */
export function isMoved(object: PlacedObject, diff: Diff): boolean {
  const was = partnersOf(diff).get(object)?.namespace ?? '';
  return was !== '' && object.namespace !== '' && was !== object.namespace;
}

/** What was found on head and not on base. Base is looked at only if something was found. */
export function notOnBase<T>(
  found: readonly T[],
  keyOf: (item: T) => string,
  keysOnBase: () => Iterable<string>,
): T[] {
  if (found.length === 0) return [];
  const onBase = new Set(keysOnBase());
  return found.filter(item => !onBase.has(keyOf(item)));
}

/** What a lint rule says of the environment's own objects on head, and did not say of them on base. */
export function newFaults(diff: Diff, rule: Rule): RuleFault[] {
  const { base, head } = diff;
  const found = knownFaults(head, rule).filter(isCompared(diff));
  const keyOf = (fault: RuleFault): string => lastingKey(fault, diff);
  return notOnBase(found, keyOf, () => faultsOf(base, rule).map(keyOf));
}

/** The objects of head that a lint rule newly finds faults in. */
export function newlyFaulty(diff: Diff, rule: Rule): Set<PlacedObject> {
  return new Set(newFaults(diff, rule).map(({ object }) => object));
}

/** Whether an object is one of the compared environment, and not one around it. */
export function isCompared({ compared }: Diff): (place: Pick<RuleFault, 'object'>) => boolean {
  return ({ object }) => compared.has(object);
}

export interface Move extends Both<PlacedObject> {
  readonly hasData: boolean;
  readonly missing: readonly string[];
}

/** Objects that move to another namespace and lose volumes or Secrets; if none there does, the workloads, which stop and start. */
export function namespaceMoves(diff: Diff): Move[] {
  const groups = groupBy(moves(diff), ({ base, head }) => `${base.namespace} → ${head.namespace}`);
  const running = new Set(diff.head.pods.map(({ object }) => object));
  return [...groups.values()].flatMap(group => {
    const losing = group.filter(({ hasData, missing }) => hasData || missing.length > 0);
    return losing.length > 0 ? losing : group.filter(({ head }) => running.has(head));
  });
}

/** An empty namespace is filled in by something else, and is no move. */
function moves(diff: Diff): Move[] {
  const pairs = removedOf(diff).flatMap(({ base, becomes: head }) => {
    const isMove = base.name === head?.name && base.namespace !== '' && head.namespace !== '';
    return isMove ? [{ base, head }] : [];
  });
  if (pairs.length === 0) return [];
  const reads = absentReads(diff.head).filter(({ reader }) => !reader.isOptional);
  const readId = ({ namespace, secret }: Reader): string => secretId(namespace, secret);
  // A Secret that others read there already is made there by somebody, as is one that only people can make.
  const readBefore = new Set(diff.base.readers.map(readId));
  return pairs.map(({ base, head }) => {
    const lost = reads.filter(
      ({ reader }) =>
        reader.object === head &&
        reader.namespace === head.namespace &&
        !readBefore.has(readId(reader)) &&
        head.knownKind?.secrets?.byHand?.(head).some(({ secret }) => secret === reader.secret) !==
          true,
    );
    const missing = [...new Set(lost.map(({ reader }) => reader.secret))].sort();
    return { base, head, hasData: keepsData(head, diff.head.find), missing };
  });
}

/** Whether objects of head are applied at once, by one applier. Else one waits for another's next sync. */
export function isAppliedTogether(
  diff: Diff,
  object: PlacedObject,
  others: readonly Pick<RuleFault, 'object'>[],
): boolean {
  const applier = applierOf(diff, object);
  return (
    applier !== undefined &&
    others.every(entry => isSameObject(applierOf(diff, entry.object), applier))
  );
}
