import type { Reader } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { corePod } from '../../../kinds/core/pod.ts';
import { isOfSecret, isOfVolume, volumesOf, waitingIn } from '../../../kinds/core/pod-status.ts';
import { objectName, type PlacedObject, specOf } from '../../../kinds/kind.ts';
import type { Dump } from '../dump.ts';
import { absentObject, calledObject, createdAt, eventEvidence, notDumped } from '../evidence.ts';
import { livePods } from '../live-pods.ts';
import { type Evidence, type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** Whether the pods that read the Secret start. */
export function podsLink(examined: Examined): Verdict {
  const readers = examined.secret.readers.filter(({ object }) => object.known?.pods !== undefined);
  return worstOf(
    [...groupBy(readers, ({ object }) => object)].map(([object, own]) =>
      workload(object, own, examined),
    ),
  );
}

function workload(object: PlacedObject, readers: readonly Reader[], examined: Examined): Verdict {
  const { dump, commands } = examined;
  const { known, namespace, name } = object;
  if (known === undefined) return undefined;
  const live = dump.find(known, namespace, name);
  if (live === undefined && dump.hasAll(known, namespace))
    return absentObject(known, object, examined);
  const pods = livePods(object, dump);
  const broken = pods.flatMap(pod => podVerdict(pod, object, readers, examined) ?? []);
  if (pods.length > 0) return broken[0] ?? OK;
  if (!dump.hasAll(corePod, namespace)) return notDumped(corePod, namespace, dump, commands);
  return podless(live ?? object, dump);
}

/** What keeps a pod from starting, if it is this Secret, at the read that it is about. */
function podVerdict(
  pod: PlacedObject,
  object: PlacedObject,
  readers: readonly Reader[],
  examined: Examined,
): Verdict {
  const evidence = podEvidence(pod, examined);
  if (evidence.length === 0) return undefined;
  const words = new Set(evidence.flatMap(({ text }) => text.split(/\s/)));
  const reader = readers.find(({ key }) => key !== undefined && words.has(key)) ?? readers[0];
  return {
    state: 'broken',
    message: `pod "${pod.name}" of ${calledObject(object)} does not start for want of the Secret`,
    evidence,
    object,
    path: reader?.keyPath ?? reader?.path ?? [],
    command: examined.commands.kubectl('describe', 'pod', pod.name, '-n', pod.namespace),
  };
}

/** What the kubelet says of a Secret that a pod wants. */
export function podEvidence(
  pod: PlacedObject,
  { secret, dump }: Pick<Examined, 'secret' | 'dump'>,
): Evidence[] {
  const { namespace, name } = secret;
  const volumes = volumesOf(pod, name);
  const isMeant = (message: string): boolean =>
    isOfSecret(message, namespace, name) || isOfVolume(message, volumes);
  const waiting = waitingIn(pod);
  const refused = waiting
    .filter(({ reason, message }) => reason === 'CreateContainerConfigError' && isMeant(message))
    .map(({ container, reason, message }): Evidence => {
      const text = `container "${container}" ${reason}: ${message}`;
      return { kind: 'status', text };
    });
  if (refused.length > 0) return refused;
  // What runs has its volumes: an event of before is over.
  if (waiting.length === 0) return [];
  return eventEvidence(
    objectName(pod),
    dump,
    ({ reason, message }) => reason === 'FailedMount' && isMeant(message),
  );
}

/** In seconds: an operator that runs has made pods by then. */
const LATE = 600;

/**
 * What it means that a workload has no pod. What ends has none afterwards, and neither has what is scaled
 * to none. One that nothing will come to is not waited for: no node takes it, or no operator makes it.
 */
function podless(object: PlacedObject, dump: Dump): Verdict {
  const place = object.known?.pods;
  if (place?.isLasting?.(object) !== true || specOf(object)['replicas'] === 0) return OK;
  const because = `${calledObject(object)} has no pod`;
  if (place.wanted?.(object) === 0)
    return { state: 'unknown', because: `${because}: no node is one that it takes` };
  const created = createdAt(object);
  const isOfOperator = object.group.includes('.');
  if (!isOfOperator || (dump.secondsSince(created) ?? 0) < LATE)
    return { state: 'unknown', because, isPending: true };
  const age = dump.ageOf(created);
  return {
    state: 'unknown',
    because: `${because}, ${age} after it was made: no operator made one`,
  };
}
