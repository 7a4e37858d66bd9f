import { secretId } from '../../graph/secret-graph.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { type Comparison, environmentOf } from '../../review/changes/comparison.ts';
import { touchedSecrets } from '../../review/changes/touched-secrets.ts';
import type { FlowSecret } from '../graph/flow.ts';
import { flowOf } from '../graph/flow-of.ts';
import { onceForAll } from './once.ts';
import type { SecretEffect } from './review.ts';

/** Every Secret that a change reaches; the same in several environments once. */
export function secretEffects(comparisons: readonly Comparison[]): SecretEffect[] {
  const all = comparisons.flatMap(comparison => effectsOf(comparison));
  return onceForAll(
    sortBy(all, ({ environments }) => environments.join()),
    keyOf,
  );
}

function keyOf({ environments: _, ...effect }: SecretEffect): string {
  return JSON.stringify(effect, (key, value) => (key === 'namespace' ? undefined : value));
}

function effectsOf(comparison: Comparison): SecretEffect[] {
  const { all, values } = touchedSecrets(comparison);
  const before = flowsById(comparison.base, comparison.own, all);
  const after = flowsById(comparison.head, comparison.own, all);
  return [...all].sort().flatMap(id => {
    const [base, head] = [before.get(id), after.get(id)];
    if (base === undefined && head === undefined) return [];
    const isOther = values.has(id) || JSON.stringify(base) !== JSON.stringify(head);
    if (!isOther) return [];
    const environments = [environmentOfSecret(comparison, id)];
    return [{ ...effectOf(base, head, values.has(id)), environments }];
  });
}

/** The environment that a Secret is made in, or else read in. */
function environmentOfSecret(comparison: Comparison, id: string): string {
  const { name, own, head, base } = comparison;
  for (const { secrets, readers } of [head, base]) {
    const first =
      secrets.get(id)?.makers.find(({ item }) => own.has(item)) ??
      readers.find(
        ({ item, namespace, secret }) => own.has(item) && secretId(namespace, secret) === id,
      );
    if (first !== undefined) return environmentOf(comparison, first.item);
  }
  return name;
}

function flowsById(
  graph: Comparison['base'],
  own: Comparison['own'],
  wanted: ReadonlySet<string>,
): Map<string, FlowSecret> {
  const { secrets } = flowOf(graph, { own, wanted });
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
