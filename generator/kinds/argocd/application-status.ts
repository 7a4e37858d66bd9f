import { listAt, textAt } from '../../core/json.ts';
import type { PlacedObject } from '../kind.ts';

/** What an Application of a cluster says of its work (docs/facts/argocd.md#status). */
export interface ApplicationStatus {
  /** `OutOfSync`; empty: the controller has not looked at it. */
  readonly sync: string;
  /** Why nothing is compared or applied, in the words of Argo CD. */
  readonly errors: readonly string[];
}

export function applicationStatus({ json }: PlacedObject): ApplicationStatus {
  const conditions = listAt(json, 'status', 'conditions').flatMap(entry => {
    const [type = '', message = ''] = ['type', 'message'].map(field => textAt(entry, field));
    return type.endsWith('Error') ? `${type}: ${message}` : [];
  });
  const [phase = '', failure = ''] = ['phase', 'message'].map(field =>
    textAt(json, 'status', 'operationState', field),
  );
  const isFailed = ['Error', 'Failed'].includes(phase) && conditions.length === 0;
  return {
    sync: textAt(json, 'status', 'sync', 'status') ?? '',
    errors: isFailed ? [`the last sync has the phase ${phase}: ${failure}`] : conditions,
  };
}

/** Whether an Application has an object among those that it applies, and the cluster has another or none. */
export function isBehind(
  { json }: PlacedObject,
  { group, kind, namespace, name }: PlacedObject,
): boolean {
  return listAt(json, 'status', 'resources').some(
    entry =>
      textAt(entry, 'kind') === kind &&
      textAt(entry, 'name') === name &&
      (textAt(entry, 'group') ?? '') === group &&
      (textAt(entry, 'namespace') ?? '') === namespace &&
      textAt(entry, 'status') !== 'Synced',
  );
}
