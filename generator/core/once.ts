import { mapAt } from './json.ts';

/** Where kubectl keeps what it applied last, whole. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The fields of an object's metadata that the API server alone writes: nobody wants them
 * (https://kubernetes.io/docs/reference/kubernetes-api/definitions/object-meta-v1-meta/).
 */
const OBSERVED = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Whether a field of an object's metadata is written by the API server alone. */
export function isObserved(field: string): boolean {
  return OBSERVED.has(field);
}

/** Whether an object was read from a cluster: kubectl writes `creationTimestamp: null` by itself. */
export function isFromCluster(object: unknown): boolean {
  return Object.entries(mapAt(object, 'metadata')).some(
    ([field, value]) => isObserved(field) && value !== null,
  );
}

/** Has a function work its answer out once for each object that it is asked about. */
export function oncePer<K extends object, V>(answer: (key: K) => V): (key: K) => V {
  const answers = new WeakMap<K, { readonly value: V }>();
  return key => {
    const known = answers.get(key);
    if (known !== undefined) return known.value;
    const value = answer(key);
    answers.set(key, { value });
    return value;
  };
}

/** The same for texts that come again and again, such as durations and names. */
export function oncePerText<V>(answer: (text: string) => V): (text: string) => V {
  const answers = new Map<string, V>();
  return text => {
    const known = answers.get(text);
    if (known !== undefined || answers.has(text)) return known as V;
    const value = answer(text);
    answers.set(text, value);
    return value;
  };
}

/** Has an answer worked out when it is first asked for. */
export function onceFor<T>(answer: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: answer() };
    return known.value;
  };
}
