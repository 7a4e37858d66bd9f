import { isMap, listAt, textAt } from '../ground/json.ts';
import type { PlacedObject } from './kind.ts';

/** What a controller says of an object (k8s.io/apimachinery, metav1.Condition). */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since?: string;
}

/** A condition of an object in a cluster; undefined: no controller has said anything of the kind. */
export function conditionOf({ json }: PlacedObject, type: string): Condition | undefined {
  const found = listAt(json, 'status', 'conditions').find(
    entry => isMap(entry) && textAt(entry, 'type') === type,
  );
  if (found === undefined) return undefined;
  const since = textAt(found, 'lastTransitionTime');
  return {
    type,
    status: textAt(found, 'status') ?? '',
    reason: textAt(found, 'reason') ?? '',
    message: textAt(found, 'message') ?? '',
    ...(since !== undefined && { since }),
  };
}
