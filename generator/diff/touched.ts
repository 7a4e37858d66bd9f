import { isSame } from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import { type SecretGraph, type SecretNode, secretId } from '../graph/secret-graph.ts';
import { STORES, storeKind } from '../kinds/eso/stores.ts';
import type { Kind, PlacedObject } from '../kinds/kind.ts';
import { type Entry, judge } from '../lint/accept.ts';
import { findingsAmid, inOrder, type RuleFinding } from '../lint/check-graph.ts';
import type { Rule } from '../lint/rule.ts';
import { rules } from '../lint/rules.ts';
import { lastingKey, partnersOf, type Sides } from './compare.ts';
import { type Change, type Comparison, fieldPath, objectsOf } from './field-changes.ts';

/** What lint says of head and did not say of base. */
interface NewFindings {
  readonly findings: readonly RuleFinding[];
  /** What would be a finding if all had been read that may make what is missing. */
  readonly doubted: readonly RuleFinding[];
}

/**
 * What lint finds on head and did not find on base: the same message about the same object is the
 * same finding, also when the object has another name or namespace now. Base is asked only about what head has.
 */
export function newFindings(
  comparison: Comparison,
  { base, head }: Sides,
  accept: readonly Entry[],
): NewFindings {
  const touched = comparison.changes.flatMap(change =>
    change.what === 'removed' ? [] : [change.head],
  );
  const found = findingsIn(comparison.head, rules, { own: comparison.own, touched });
  if (found.length === 0) return { findings: [], doubted: [] };
  const fired = [...new Set(found.map(({ rule }) => rule))];
  const before = findingsIn(comparison.base, fired, { own: comparison.own, touched: base.objects });
  const partners = partnersOf(comparison);
  const keyOf = ({ rule, object, message }: RuleFinding): string =>
    `${rule.id} ${lastingKey(message, object, partners)}`;
  const known = new Set(before.map(keyOf));
  const fresh = found.filter(finding => !known.has(keyOf(finding)));
  const sure = fresh.filter(({ doubt }) => doubt === undefined);
  return {
    findings: sure.length === 0 ? [] : inOrder(judge(sure, head.objects, accept).open),
    doubted: fresh.filter(({ doubt }) => doubt !== undefined),
  };
}

/** A rule that looks at each object by itself finds nothing new in one that has not changed. */
function findingsIn(
  graph: SecretGraph,
  wanted: readonly Rule[],
  {
    own,
    touched,
  }: { readonly own: ReadonlySet<PlacedObject>; readonly touched: readonly PlacedObject[] },
): RuleFinding[] {
  return findingsAmid(graph, touched, wanted).filter(({ object }) => own.has(object));
}

/** The Secrets that a change reaches, by `secretId`. */
interface TouchedSecrets {
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
  const isValueSource = change.head.known?.secrets?.isValueSource;
  return change.fields.some(field => {
    const path = fieldPath(field);
    const [first] = path;
    return first !== 'metadata' && first !== 'apiVersion' && (isValueSource?.(path) ?? true);
  });
}
