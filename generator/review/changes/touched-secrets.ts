import { type SecretGraph, type SecretNode, secretId } from '../../graph/secret-graph.ts';
import { isSame } from '../../ground/json.ts';
import { asJson } from '../../ground/kube-object.ts';
import { STORES, storeKind } from '../../kinds/eso/stores.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { type Change, type Comparison, fieldPath, objectsOf } from './comparison.ts';

/** The Secrets that a change reaches, by `secretId`. */
export interface TouchedSecrets {
  /** Those whose keys, makers, stores or readers are not what they were. */
  readonly all: ReadonlySet<string>;
  /** Of those, the ones whose values come from somewhere else or are put together otherwise. */
  readonly values: ReadonlySet<string>;
}

/** Looks for the Secrets on both sides of a comparison. */
export function touchedSecrets({ base, head, changes }: Comparison): TouchedSecrets {
  const objects = new Set(changes.flatMap(objectsOf));
  const feeding = new Set(changes.filter(isFeeding).flatMap(objectsOf));
  const all = new Set([...idsOf(base, objects), ...idsOf(head, objects), ...otherKeys(base, head)]);
  const values = new Set([...madeBy(base, feeding), ...madeBy(head, feeding)]);
  return { all: new Set([...all, ...values]), values };
}

/** The Secrets that objects make, by themselves or as a store, and those that they read. */
function* idsOf(graph: SecretGraph, objects: ReadonlySet<PlacedObject>): Iterable<string> {
  yield* madeBy(graph, objects);
  for (const { object, namespace, secret } of graph.readers)
    if (objects.has(object)) yield secretId(namespace, secret);
}

function* madeBy(graph: SecretGraph, objects: ReadonlySet<PlacedObject>): Iterable<string> {
  for (const [id, { makers }] of graph.secrets)
    if (makers.some(({ object }) => objects.has(object))) yield id;
  const stores = new Set([...objects].map(storeId).filter(id => id !== undefined));
  if (stores.size === 0) return;
  for (const { namespace, target, storeRef, data, dataFrom } of graph.externalSecrets) {
    const refs = [
      storeRef,
      ...data.map(entry => entry.storeRef),
      ...dataFrom.map(entry => entry.storeRef),
    ];
    const isFed = refs.some(
      ref => ref !== undefined && stores.has(storeKey(storeKind(ref.kind), namespace, ref.name)),
    );
    if (isFed) yield secretId(namespace, target);
  }
}

function storeId({ known, namespace, name }: PlacedObject): string | undefined {
  return known !== undefined && STORES.includes(known)
    ? storeKey(known, namespace, name)
    : undefined;
}

function storeKey(kind: Kind | undefined, namespace: string, name: string): string {
  return `${kind?.kind}/${kind?.isOfCluster ? '' : namespace}/${name}`;
}

/** Where a maker has not changed, and what it copies has. */
function* otherKeys(base: SecretGraph, head: SecretGraph): Iterable<string> {
  for (const [id, node] of base.secrets) {
    const after = head.secrets.get(id);
    if (after !== undefined && !hasSameKeys(node, after) && hasSameMakers(node, after)) yield id;
  }
}

/** Makers that differ and are no change of the environment are those of another one beside it. */
function hasSameMakers(a: SecretNode, b: SecretNode): boolean {
  return (
    a.makers.length === b.makers.length &&
    a.makers.every(({ object }, index) => {
      const other = b.makers[index];
      return other !== undefined && isSame(asJson(object.json), asJson(other.object.json));
    })
  );
}

function hasSameKeys(a: SecretNode, b: SecretNode): boolean {
  if (a.keys === b.keys) return a.isOpen === b.isOpen;
  if (a.isOpen !== b.isOpen || a.keys.size !== b.keys.size) return false;
  for (const key of a.keys) if (!b.keys.has(key)) return false;
  return true;
}

/** Whether a change may give a Secret other values: a new label or another version does not. */
function isFeeding(change: Change): boolean {
  if (change.what !== 'changed') return true;
  const { feeds } = change.head.known ?? {};
  return change.fields.some(field => {
    const path = fieldPath(field);
    const [first] = path;
    return first !== 'metadata' && first !== 'apiVersion' && (feeds?.(path) ?? true);
  });
}
