import { isMap, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** What owns an object, as its metadata has it. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** The owners of an object. */
export function ownersOf({ json }: PlacedObject): readonly Owner[] {
  return listAt(json, 'metadata', 'ownerReferences').map(owner => ({
    kind: textAt(owner, 'kind') ?? '',
    name: textAt(owner, 'name') ?? '',
  }));
}

/** A pod that ended, or is about to: nothing of it matters any more. */
export function isOver({ json }: PlacedObject): boolean {
  const phase = textAt(json, 'status', 'phase');
  return (
    phase === 'Succeeded' ||
    phase === 'Failed' ||
    textAt(json, 'metadata', 'deletionTimestamp') !== undefined
  );
}

/** A container that does not start, and why (kubelet: waiting.reason). */
export interface Waiting {
  readonly container: string;
  readonly reason: string;
  readonly message: string;
}

/** The containers of a pod that wait for something. */
export function waitingIn({ json }: PlacedObject): Waiting[] {
  return ['initContainerStatuses', 'containerStatuses'].flatMap(field =>
    listAt(json, 'status', field).flatMap(status => {
      const waiting = mapAt(status, 'state')['waiting'];
      if (!isMap(waiting)) return [];
      return {
        container: textAt(status, 'name') ?? '',
        reason: textAt(waiting, 'reason') ?? '',
        message: textAt(waiting, 'message') ?? '',
      };
    }),
  );
}

/** When the first of these containers started that still run: their variables are as old as that. */
export function startOf(
  { json }: PlacedObject,
  containers: ReadonlySet<string>,
): string | undefined {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap(field => [
    ...listAt(json, 'status', field),
  ]);
  return statuses
    .filter(status => containers.has(textAt(status, 'name') ?? ''))
    .flatMap(status => textAt(status, 'state', 'running', 'startedAt') ?? [])
    .sort()[0];
}

/** The volumes of a pod that are filled from a Secret. */
export function volumesOf(pod: PlacedObject, secret: string): string[] {
  return listAt(specOf(pod), 'volumes').flatMap(volume => {
    const sources = [
      textAt(volume, 'secret', 'secretName'),
      ...listAt(volume, 'projected', 'sources').map(source => textAt(source, 'secret', 'name')),
    ];
    return sources.includes(secret) ? (textAt(volume, 'name') ?? []) : [];
  });
}

/** Whether the words of a kubelet are of a Secret (docs/facts/kubernetes.md#words-of-the-kubelet). */
export function isOfSecret(message: string, namespace: string, name: string): boolean {
  const words = message.split(/[\s,]+/);
  return [`"${name}"`, `${namespace}/${name}`, `"${namespace}/${name}"`].some(
    form => message.toLowerCase().includes('secret') && words.includes(form),
  );
}

/** Whether they are of a volume: a key of its Secret is missing. */
export function isOfVolume(message: string, volumes: readonly string[]): boolean {
  return (
    message.includes('non-existent secret key') &&
    volumes.some(volume => message.includes(`volume "${volume}"`))
  );
}
