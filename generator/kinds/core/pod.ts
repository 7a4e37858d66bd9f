import type { ObjectName } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isMap, listAt, mapAt, textAt, textsUnder, withoutUsual } from '../../core/json.ts';
import { POD, TEMPLATE_SPEC } from '../apps.ts';
import { type Kind, ofKubernetes, type PlacedObject, specOf } from '../kind.ts';
import { secretSources } from '../pods.ts';

export const corePod: Kind = {
  ...ofKubernetes('', 'Pod', '1.0'),
  pods: { path: ['spec'] },
  changes: { normalForm: withoutUsual({ spec: POD }) },
};

export const replicationController: Kind = {
  ...ofKubernetes('', 'ReplicationController', '1.0'),
  pods: { path: TEMPLATE_SPEC },
};

export type Owner = Readonly<Record<'kind' | 'name', string>>;

export function ownersOf({ json }: PlacedObject): readonly Owner[] {
  return listAt(json, 'metadata', 'ownerReferences').map(owner => ({
    kind: textAt(owner, 'kind') ?? '',
    name: textAt(owner, 'name') ?? '',
  }));
}

/** Whether a pod has ended or is being deleted. */
export function isOver({ json }: PlacedObject): boolean {
  const { phase } = mapAt(json, 'status');
  const isEnded = phase === 'Succeeded' || phase === 'Failed';
  return isEnded || textAt(json, 'metadata', 'deletionTimestamp') !== undefined;
}

/** A container that does not start, and why (kubelet: waiting.reason). */
type Waiting = Readonly<Record<'container' | 'reason' | 'message', string>>;

export function waitingIn({ json }: PlacedObject): Waiting[] {
  return statusesOf(json).flatMap(status => {
    const { waiting } = mapAt(status, 'state');
    if (!isMap(waiting)) return [];
    const [reason = '', message = ''] = textsUnder(waiting, 'reason', 'message');
    return { container: textAt(status, 'name') ?? '', reason, message };
  });
}

function statusesOf(pod: unknown): Json[] {
  return [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ];
}

/** When a container of a pod started, if it still runs: the age of its variables. */
export function startOf({ json }: PlacedObject, container: string): string | undefined {
  return statusesOf(json)
    .filter(status => textAt(status, 'name') === container)
    .flatMap(status => textAt(status, 'state', 'running', 'startedAt') ?? [])[0];
}

/** When a container last started, which it does only with all volumes; undefined: none ever did. */
export function lastStart({ json }: PlacedObject): string | undefined {
  const starts = statusesOf(json).flatMap(status =>
    ['state', 'lastState'].flatMap(state =>
      ['running', 'terminated'].flatMap(phase => textAt(status, state, phase, 'startedAt') ?? []),
    ),
  );
  return starts.sort().at(-1);
}

/** The volumes of a pod that are filled from a Secret. */
export function volumesOf(pod: PlacedObject, secret: string): string[] {
  return listAt(specOf(pod), 'volumes').flatMap(volume => {
    const sources = secretSources(volume, []).map(({ source, field }) => source[field]);
    return sources.includes(secret) ? (textAt(volume, 'name') ?? []) : [];
  });
}

/** Whether a message of a kubelet is about a Secret (docs/facts/kubernetes.md#words-of-the-kubelet). */
export function isOfSecret(message: string, namespace: string, name: string): boolean {
  const words = message.split(/[\s,]+/);
  return [`"${name}"`, `${namespace}/${name}`, `"${namespace}/${name}"`].some(
    form => message.toLowerCase().includes('secret') && words.includes(form),
  );
}

/** Whether the message says that a key is missing in the Secret of one of these volumes. */
export function isOfVolume(message: string, volumes: readonly string[]): boolean {
  return (
    message.includes('non-existent secret key') &&
    volumes.some(volume => message.includes(`volume "${volume}"`))
  );
}

/** Both APIs of events have the same objects, so the older one is read. */
export const coreEvent: Kind = { group: '', kind: 'Event' };
const GROUPS = ['v1', 'events.k8s.io/v1'];

/** What a controller or a kubelet reported of an object. A cluster keeps it for an hour. */
export interface ClusterEvent {
  readonly of: ObjectName;
  readonly reason: string;
  readonly message: string;
  readonly time: string;
  /** Its `resourceVersion`, which grows with the time of writing. */
  readonly version: string;
}

/** An Event of either API (k8s.io/api core/v1 and events/v1); undefined: the object is no Event. */
export function eventOf(object: JsonObject): ClusterEvent | undefined {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  if (object['kind'] !== 'Event' || !GROUPS.includes(apiVersion)) return undefined;
  const about = isMap(object['regarding']) ? object['regarding'] : mapAt(object, 'involvedObject');
  const [kind = '', namespace, name = ''] = textsUnder(about, 'kind', 'namespace', 'name');
  return {
    of: { kind, name, ...(namespace !== undefined && { namespace }) },
    reason: textAt(object, 'reason') ?? '',
    message: textAt(object, 'message') ?? textAt(object, 'note') ?? '',
    time: eventTimes(object).sort().at(-1) ?? '',
    version: textAt(object, 'metadata', 'resourceVersion') ?? '',
  };
}

export function eventTimes(object: JsonObject): string[] {
  const fields = ['firstTimestamp', 'lastTimestamp', 'deprecatedLastTimestamp', 'eventTime'];
  const times = [...textsUnder(object, ...fields), textAt(object, 'series', 'lastObservedTime')];
  return times.filter(time => time !== undefined);
}

/** Sorts the newest first. Events of the same second are sorted by version (docs/facts/kubernetes.md#order-of-events). */
export function newestFirst(a: ClusterEvent, b: ClusterEvent): number {
  const [left, right] = [a, b].map(({ time }) => time.slice(0, 'YYYY-MM-DDThh:mm:ss'.length));
  if (left !== right) return (left ?? '') < (right ?? '') ? 1 : -1;
  // Whole numbers of any length, without leading zeros.
  if (a.version.length !== b.version.length) return b.version.length - a.version.length;
  return a.version < b.version ? 1 : a.version > b.version ? -1 : 0;
}

/** Whether a label selector selects an object of the set. */
export function selectsObject(selector: JsonObject, object: PlacedObject): boolean {
  return selectsLabels(selector, mapAt(object.json, 'metadata', 'labels'));
}

/** Whether a label selector may select a namespace. One that is not in the set may have any labels besides its name. */
export function selectsNamespace(
  selector: JsonObject,
  name: string,
  namespace: PlacedObject | undefined,
): boolean {
  const labels = { ...mapAt(namespace?.json, 'metadata', 'labels'), [NAME_LABEL]: name };
  return selects(selector, labels, label => namespace === undefined && label !== NAME_LABEL);
}

/** The API server gives each Namespace its name as a label. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

export function selectsLabels(selector: JsonObject, labels: JsonObject): boolean {
  return selects(selector, labels, () => false);
}

function selects(selector: JsonObject, labels: JsonObject, isOpen: (label: string) => boolean) {
  const isMet = (label: string, test: (value: unknown) => boolean): boolean =>
    isOpen(label) || test(Object.hasOwn(labels, label) ? labels[label] : undefined);
  return (
    Object.entries(mapAt(selector, 'matchLabels')).every(([label, expected]) =>
      isMet(label, value => value === expected),
    ) &&
    listAt(selector, 'matchExpressions').every(expression =>
      isMet(textAt(expression, 'key') ?? '', value => holds(expression, value)),
    )
  );
}

function holds(expression: unknown, value: unknown): boolean {
  const isListed = listAt(expression, 'values').some(listed => listed === value);
  const answers = new Map([
    ['In', isListed],
    ['NotIn', !isListed],
    ['Exists', value !== undefined],
    ['DoesNotExist', value === undefined],
  ]);
  return answers.get(textAt(expression, 'operator') ?? '') ?? true;
}
