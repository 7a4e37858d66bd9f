import { type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { type Comparison, environmentOf } from '../../review/changes/comparison.ts';
import { touchedSecrets } from '../../review/changes/touched-secrets.ts';
import type { FlowSecret } from '../graph/flow.ts';
import { type FlowOptions, flowOf } from '../graph/flow-of.ts';
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
  const [before, after] = flowsOf(comparison, all);
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
      secrets.get(id)?.makers.find(({ object }) => own.has(object)) ??
      readers.find(
        ({ object, namespace, secret }) => own.has(object) && secretId(namespace, secret) === id,
      );
    if (first !== undefined) return environmentOf(comparison, first.object);
  }
  return name;
}

type Flows = ReadonlyMap<string, FlowSecret>;

/** The Secrets that own objects make or read on either side, as both have them: of one that goes, others may stay. */
function flowsOf(
  { base, head, own }: Comparison,
  wanted: ReadonlySet<string>,
): readonly [Flows, Flows] {
  const before = flowsById(base, { own, wanted });
  const after = flowsById(head, { own, wanted });
  const onlyIn = (some: Flows, others: Flows): ReadonlySet<string> =>
    new Set([...some.keys()].filter(id => !others.has(id)));
  const more = {
    before: flowsById(base, { wanted: onlyIn(after, before) }),
    after: flowsById(head, { wanted: onlyIn(before, after) }),
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
