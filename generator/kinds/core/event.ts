import type { ObjectName } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import type { Kind } from '../kind.ts';

/** Of either API the same objects: the older one shows them all. */
export const coreEvent: Kind = { group: '', kind: 'Event' };

/** What a controller or a kubelet told of an object; kept for an hour. */
export interface ClusterEvent {
  readonly of: ObjectName;
  readonly reason: string;
  readonly message: string;
  readonly time: string;
  /** Its `resourceVersion`: greater the later it was written. */
  readonly version: string;
}

const GROUPS = ['v1', 'events.k8s.io/v1'];

/** An Event of either API (k8s.io/api core/v1 and events/v1); undefined: it is none. */
export function eventOf(object: JsonObject): ClusterEvent | undefined {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  if (object['kind'] !== 'Event' || !GROUPS.includes(apiVersion)) return undefined;
  const about = isMap(object['regarding']) ? object['regarding'] : mapAt(object, 'involvedObject');
  const namespace = textAt(about, 'namespace');
  return {
    of: {
      kind: textAt(about, 'kind') ?? '',
      ...(namespace !== undefined && { namespace }),
      name: textAt(about, 'name') ?? '',
    },
    reason: textAt(object, 'reason') ?? '',
    message: textAt(object, 'message') ?? textAt(object, 'note') ?? '',
    time: eventTimes(object).sort().at(-1) ?? '',
    version: textAt(object, 'metadata', 'resourceVersion') ?? '',
  };
}

/**
 * Of one second, which is all that most of them tell, the one that was written last comes first
 * (docs/facts/kubernetes.md#order-of-events).
 */
export function newestFirst(a: ClusterEvent, b: ClusterEvent): number {
  const [left, right] = [a, b].map(({ time }) => time.slice(0, 'YYYY-MM-DDThh:mm:ss'.length));
  if (left !== right) return (left ?? '') < (right ?? '') ? 1 : -1;
  // Whole numbers of any length, without leading zeros.
  if (a.version.length !== b.version.length) return b.version.length - a.version.length;
  return a.version < b.version ? 1 : a.version > b.version ? -1 : 0;
}

/** All times that an Event tells. */
export function eventTimes(object: JsonObject): string[] {
  return [
    textAt(object, 'firstTimestamp'),
    textAt(object, 'lastTimestamp'),
    textAt(object, 'deprecatedLastTimestamp'),
    textAt(object, 'eventTime'),
    textAt(object, 'series', 'lastObservedTime'),
  ].filter(time => time !== undefined);
}
