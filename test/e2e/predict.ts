import { secretId } from '../../generator/graph/secret-graph.ts';
import { cnpgCluster } from '../../generator/kinds/cnpg/cluster.ts';
import type { Observed, ObservedSecret } from './observed.ts';
import type { ManifestSet } from './sets.ts';

/** Secrets of which the graph does not claim to know every key: it names those it knows. */
export interface PredictedSecret extends Omit<ObservedSecret, 'immutable'> {
  readonly isOpen: boolean;
}

/** The Secrets that will be in the namespaces of a set, as the graph says; those made by hand too. */
export function predictedSecrets({ graph, byHand }: ManifestSet): Record<string, PredictedSecret> {
  const made = [...graph.secrets].map(([id, { makers, keys, isOpen }]) => {
    const type = makers.find(maker => maker.type !== undefined)?.type ?? 'Opaque';
    return [id, { type, keys: [...keys].sort(), isOpen }] as const;
  });
  const put = byHand.map(
    ({ namespace, name, keys }) =>
      [
        secretId(namespace, name),
        { type: 'Opaque', keys: [...keys].sort(), isOpen: false },
      ] as const,
  );
  return Object.fromEntries([...made, ...put]);
}

/** The Services of the CNPG clusters of a set. */
export function predictedServices({ graph }: ManifestSet): string[] {
  const names = graph
    .byKind(cnpgCluster)
    .flatMap(object =>
      (object.knownKind?.provides?.services?.(object) ?? []).map(name =>
        secretId(object.namespace, name),
      ),
    );
  return names.sort();
}

/** What was found and not predicted, or predicted and not found; nothing when they agree. */
export function disagreements(
  predicted: Readonly<Record<string, PredictedSecret>>,
  found: Observed['secrets'],
): string[] {
  const ids = new Set([...Object.keys(predicted), ...Object.keys(found)]);
  return [...ids].sort().flatMap(id => difference(id, predicted[id], found[id]));
}

function difference(
  id: string,
  predicted: PredictedSecret | undefined,
  found: ObservedSecret | undefined,
): string[] {
  if (predicted === undefined) return [`${id} is there, and was not predicted`];
  if (found === undefined) return [`${id} was predicted, and is not there`];
  const missing = predicted.keys.filter(key => !found.keys.includes(key));
  const more = predicted.isOpen ? [] : found.keys.filter(key => !predicted.keys.includes(key));
  return [
    ...missing.map(key => `${id} has no key ${key}`),
    ...more.map(key => `${id} has a key ${key} that was not predicted`),
    ...(predicted.type === found.type ? [] : [`${id} is ${found.type}, not ${predicted.type}`]),
  ];
}
