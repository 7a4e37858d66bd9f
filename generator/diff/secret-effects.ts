import { isSame, sortBy } from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import { type SecretGraph, type SecretNode, secretId } from '../graph/secret-graph.ts';
import { STORES, storeKind } from '../kinds/eso/stores.ts';
import type { Kind, PlacedObject } from '../kinds/kind.ts';
import { type FlowOptions, type FlowSecret, flowOf } from '../report/flow.ts';
import { type Change, type Comparison, environmentOf, objectsOf } from './comparison.ts';
import { fieldPath } from './field-changes.ts';
import { onceForAll, type SecretEffect } from './review.ts';

/** Every Secret that a change reaches. The same in several environments comes once. */
export function secretEffects(comparisons: readonly Comparison[]): SecretEffect[] {
  const all = comparisons.flatMap(comparison => effectsOf(comparison));
  return onceForAll(
    sortBy(all, ({ environments }) => environments.join()),
    ({ environments: _, ...effect }) =>
      JSON.stringify(effect, (key, value) => (key === 'namespace' ? undefined : value)),
    ({ base, head }) => head ?? base,
  );
}

function effectsOf(comparison: Comparison): SecretEffect[] {
  const { all, values } = touchedSecrets(comparison);
  const [before, after] = flowsOf(comparison, all);
  return [...all].sort().flatMap(id => {
    const [base, head] = [before.get(id), after.get(id)];
    if (base === undefined && head === undefined) return [];
    const isSame = !values.has(id) && JSON.stringify(base) === JSON.stringify(head);
    if (isSame) return [];
    const environments = [environmentOfSecret(comparison, id)];
    return [{ ...effectOf(base, head, values.has(id)), environments }];
  });
}

function environmentOfSecret(comparison: Comparison, id: string): string {
  const { name, compared, head, base } = comparison;
  for (const { secrets, readers } of [head, base]) {
    const first =
      secrets.get(id)?.makers.find(({ object }) => compared.has(object)) ??
      readers.find(
        ({ object, namespace, secret }) =>
          compared.has(object) && secretId(namespace, secret) === id,
      );
    if (first !== undefined) return environmentOf(comparison, first.object);
  }
  return name;
}

type Flows = ReadonlyMap<string, FlowSecret>;

/** The Secrets that compared objects make or read on one side, as both sides have them: objects around may have them too. */
function flowsOf(
  { base, head, compared }: Comparison,
  secretIds: ReadonlySet<string>,
): readonly [Flows, Flows] {
  const before = flowsById(base, { objects: compared, secretIds });
  const after = flowsById(head, { objects: compared, secretIds });
  const onlyIn = (flows: Flows, otherFlows: Flows): ReadonlySet<string> =>
    new Set([...flows.keys()].filter(id => !otherFlows.has(id)));
  const more = {
    before: flowsById(base, { secretIds: onlyIn(after, before) }),
    after: flowsById(head, { secretIds: onlyIn(before, after) }),
  };
  return [new Map([...before, ...more.before]), new Map([...after, ...more.after])];
}

function flowsById(graph: SecretGraph, options: FlowOptions): Flows {
  const { secrets } = flowOf(graph, options);
  return new Map(secrets.map(secret => [secretId(secret.namespace, secret.name), secret]));
}

function effectOf(
  base: FlowSecret | undefined,
  head: FlowSecret | undefined,
  isSourceChanged: boolean,
): Omit<SecretEffect, 'environments'> {
  const [before, after] = [base?.keys ?? [], head?.keys ?? []];
  return {
    ...(base !== undefined && { base }),
    ...(head !== undefined && { head }),
    addedKeys: after.filter(key => !before.includes(key)),
    removedKeys: before.filter(key => !after.includes(key)),
    isSourceChanged,
  };
}

/** The Secrets that a change reaches, by `secretId`: `all`, and those whose `values` have another source. */
function touchedSecrets({
  base,
  head,
  changes,
}: Comparison): Record<'all' | 'values', ReadonlySet<string>> {
  const objects = new Set(changes.flatMap(objectsOf));
  const feeding = new Set(changes.filter(isFeeding).flatMap(objectsOf));
  const values = new Set([...madeBy(base, feeding), ...madeBy(head, feeding)]);
  const others = [idsOf(base, objects), idsOf(head, objects), otherKeys(base, head)];
  return { all: new Set([...others.flatMap(ids => [...ids]), ...values]), values };
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
    const refs = [storeRef, ...[...data, ...dataFrom].map(entry => entry.storeRef)];
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

/** The Secrets with other keys and the same makers: what a maker copies has changed. */
function* otherKeys(base: SecretGraph, head: SecretGraph): Iterable<string> {
  for (const [id, node] of base.secrets) {
    const after = head.secrets.get(id);
    if (after !== undefined && !hasSameKeys(node, after) && hasSameMakers(node, after)) yield id;
  }
}

/** If makers differ and are no change, they belong to an environment around. */
function hasSameMakers(a: SecretNode, b: SecretNode): boolean {
  const [makers, otherMakers] = [a, b].map(node =>
    node.makers.map(({ object }) => asJson(object.json)),
  );
  return isSame(makers, otherMakers);
}

function hasSameKeys(a: SecretNode, b: SecretNode): boolean {
  if (a.keys === b.keys) return a.isOpen === b.isOpen;
  if (a.isOpen !== b.isOpen || a.keys.size !== b.keys.size) return false;
  for (const key of a.keys) if (!b.keys.has(key)) return false;
  return true;
}

/** Whether a change may give a Secret other values. A new label or apiVersion does not. */
function isFeeding(change: Change): boolean {
  if (change.what !== 'changed') return true;
  const isValueSource = change.head.known?.secrets?.isValueSource;
  return change.fields.some(field => {
    const path = fieldPath(field);
    const [first] = path;
    return first !== 'metadata' && first !== 'apiVersion' && (isValueSource?.(path) ?? true);
  });
}
