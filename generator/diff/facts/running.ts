import { type JsonObject, mapAt, valueAt } from '../../core/json.ts';
import { objectIdentity } from '../../graph/graph.ts';
import type { Pod } from '../../kinds/pods.ts';
import type { Comparison } from '../comparison.ts';

/** Pods of a compared object on head, and those of the same object on base. */
export interface PodPair {
  readonly pod: Pod;
  /** Also of an object that had another name or namespace. */
  readonly was: Pod | undefined;
}

/** The pods of compared objects on head, with those that charts make of values. */
export function podPairs({ base, head, compared, changes }: Comparison): PodPair[] {
  const before = new Map(base.pods.map(pod => [objectIdentity(pod.object), pod]));
  const formerly = new Map(
    changes.flatMap(change =>
      change.what === 'added' && change.was !== undefined ? [[change.head, change.was]] : [],
    ),
  );
  return head.pods
    .filter(({ object }) => compared.has(object))
    .map(pod => {
      const was = formerly.get(pod.object) ?? pod.object;
      return { pod, was: before.get(objectIdentity(was)) };
    });
}

/** The labels of pods that an object runs. */
export function podLabels({ object, path }: Pod): JsonObject {
  return mapAt(valueAt(object.json, path.slice(0, -1)), 'metadata', 'labels');
}
