import { objectIdentity } from '../../graph/graph-of.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import { inNamespace } from '../../ground/namespace-words.ts';
import { oncePer } from '../../ground/once-per.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Comparison } from './comparison.ts';

/** An object of head and what it was on base under another name or in another namespace, each way. */
export type Partners = ReadonlyMap<PlacedObject, PlacedObject>;

/** The objects that seem to be the same under another name or in another namespace. */
export const partnersOf: (comparison: Comparison) => Partners = oncePer(
  ({ changes, base, head }) => {
    const brought = { base: broughtBy(base), head: broughtBy(head) };
    return new Map(
      changes.flatMap(change => {
        if (change.what !== 'added' || change.was === undefined) return [];
        const [before, after] = [brought.base.get(change.was), brought.head.get(change.head)];
        const pairs = [[change.head, change.was], ...pairsByKind(before, after)] as const;
        return pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]);
      }),
    );
  },
);

function broughtBy({ objects }: SecretGraph): Map<PlacedObject | undefined, PlacedObject[]> {
  return groupBy(
    objects.filter(({ written }) => written !== undefined),
    ({ written }) => written?.by,
  );
}

/** What two objects that are one bring, as Helm releases do: of each kind the same, where it is one. */
function pairsByKind(
  before: readonly PlacedObject[] = [],
  after: readonly PlacedObject[] = [],
): (readonly [PlacedObject, PlacedObject])[] {
  const old = groupBy(before, kindId);
  return [...groupBy(after, kindId)].flatMap(([kind, [own, ...more]]) => {
    const [was, ...others] = old.get(kind) ?? [];
    const isOne = more.length + others.length === 0;
    return own !== undefined && was !== undefined && isOne ? [[own, was] as const] : [];
  });
}

function kindId({ group, kind }: PlacedObject): string {
  return `${group}/${kind}`;
}

/**
 * Names what is said about an object, the same on both sides though the object has another name or
 * namespace on one of them.
 */
export function lastingKey(message: string, object: PlacedObject, partners: Partners): string {
  const partner = partners.get(object);
  if (partner === undefined) return `${objectIdentity(object)} ${message}`;
  const names = [
    ...new Set(
      [object, partner].flatMap(({ namespace, name }) => [inNamespace(namespace), `"${name}"`]),
    ),
  ];
  const rest = names.reduce((text, name) => text.replaceAll(name, ''), message);
  return JSON.stringify([[objectIdentity(object), objectIdentity(partner)].sort(), rest]);
}

/** A place in an object that reads something of a namespace. */
interface Read {
  readonly object: PlacedObject;
  readonly namespace: string;
}

/** A read of head as it was on base, where its object had another name or namespace. */
export function formerRead<T extends Read>(read: T, partners: Partners): T {
  const { object } = read;
  const was = partners.get(object);
  if (was === undefined) return read;
  const namespace = read.namespace === object.namespace ? was.namespace : read.namespace;
  return { ...read, object: was, namespace };
}

/** Whether an object is in another namespace than before; one that it names none in may be the same. */
export function isMoved(object: PlacedObject, partners: Partners): boolean {
  const was = partners.get(object)?.namespace ?? '';
  return was !== '' && object.namespace !== '' && was !== object.namespace;
}
