import { type Comparison, itemIdentity } from '../../diff/comparison.ts';
import { secretId } from '../../graph/secret-graph.ts';
import { type FlowSecret, flowOf } from '../graph/flow.ts';
import type { SecretEffect } from './review.ts';

/** Every Secret whose keys, makers, sources or readers change; the same in several environments once. */
export function secretEffects(comparisons: readonly Comparison[]): SecretEffect[] {
  const groups = new Map<string, SecretEffect & { readonly environments: string[] }>();
  for (const comparison of comparisons) {
    for (const effect of effectsOf(comparison)) {
      const key = JSON.stringify(withoutNamespaces(effect));
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { ...effect, environments: [comparison.name] });
      else known.environments.push(comparison.name);
    }
  }
  return [...groups.values()];
}

/** Environments differ by their namespaces, which are no other effect. */
function withoutNamespaces(effect: Omit<SecretEffect, 'environments'>): unknown {
  return JSON.parse(JSON.stringify(effect), (key, value) =>
    key === 'namespace' ? undefined : value,
  );
}

function effectsOf(comparison: Comparison): Omit<SecretEffect, 'environments'>[] {
  const before = flowsById(comparison.base);
  const after = flowsById(comparison.head);
  const touched = secretsOfChangedMakers(comparison);
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap(id => {
    const [base, head] = [before.get(id), after.get(id)];
    const isSame = JSON.stringify(base) === JSON.stringify(head);
    if (isSame && !touched.has(id)) return [];
    return [effectOf(base, head, touched.has(id))];
  });
}

function flowsById(graph: Comparison['base']): Map<string, FlowSecret> {
  const { secrets } = flowOf(graph, '');
  return new Map(secrets.map(secret => [secretId(secret.namespace, secret.name), secret]));
}

/** The Secrets of makers that are on both sides and say something else. */
function secretsOfChangedMakers({ changes, head }: Comparison): Set<string> {
  const changed = new Set(
    changes.flatMap(change => (change.what === 'changed' ? [itemIdentity(change.head)] : [])),
  );
  const touched = [...head.secrets.values()].filter(({ makers }) =>
    makers.some(({ item }) => changed.has(itemIdentity(item))),
  );
  return new Set(touched.map(({ namespace, name }) => secretId(namespace, name)));
}

function effectOf(
  base: FlowSecret | undefined,
  head: FlowSecret | undefined,
  isTouched: boolean,
): Omit<SecretEffect, 'environments'> {
  const [before, after] = [base?.keys ?? [], head?.keys ?? []];
  return {
    ...(base !== undefined && { base }),
    ...(head !== undefined && { head }),
    addedKeys: after.filter(key => !before.includes(key)),
    removedKeys: before.filter(key => !after.includes(key)),
    isSourceChanged:
      isTouched || JSON.stringify(base?.makers ?? []) !== JSON.stringify(head?.makers ?? []),
  };
}
