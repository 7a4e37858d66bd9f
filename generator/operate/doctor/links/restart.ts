import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { oncePer } from '../../../ground/once-per.ts';
import { startOf } from '../../../kinds/core/pod-status.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { ownName } from '../../../kinds/eso/external-secret-spec.ts';
import { refreshTime } from '../../../kinds/eso/sync-status.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Container } from '../../../kinds/pods.ts';
import { calledObject } from '../evidence.ts';
import { livePods } from '../live-pods.ts';
import { secondsBetween } from '../times.ts';
import { type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** Whether the programs that have it in variables were started since it was last written. */
export function restartLink(examined: Examined): Verdict {
  const { secret, graph } = examined;
  const pods = podsOf(graph);
  return worstOf(
    [...new Set(secret.readers.map(({ object }) => object))].filter(isLasting).map(object => {
      const containers = (pods.get(object) ?? [])
        .flatMap(pod => [...pod.containers])
        .filter(one => one.role !== 'init' && readsVariables(one, secret.name));
      return workload(object, new Set(containers.map(({ name }) => name)), examined);
    }),
  );
}

const podsOf = oncePer(({ pods }: SecretGraph) => groupBy(pods, ({ object }) => object));

/** What ends by itself has what it was started with. */
function isLasting(object: PlacedObject): boolean {
  return object.known?.pods?.isLasting?.(object) === true;
}

/** Files of a volume follow the Secret; variables are of when the container started. */
function readsVariables({ env, envFrom }: Container, name: string): boolean {
  return (
    env.some(({ secret }) => secret?.name === name) || envFrom.some(({ secret }) => secret === name)
  );
}

function workload(
  object: PlacedObject,
  containers: ReadonlySet<string>,
  examined: Examined,
): Verdict {
  if (containers.size === 0) return undefined;
  const starts = livePods(object, examined.dump).flatMap(pod => {
    const time = startOf(pod, containers);
    return time === undefined ? [] : [{ pod, time }];
  });
  const [first] = starts.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  if (first === undefined) return undefined;
  const { secret, dump } = examined;
  const written = dump.secret(secret.namespace, secret.name)?.written;
  if (written === undefined) return unlessRefreshed(first.time, examined);
  return (secondsBetween(first.time, written) ?? 0) > 0
    ? { ...outdated(object, first, written, examined), state: 'broken' }
    : OK;
}

/** Without its managers, only what was started after the last refresh surely has what is there. */
function unlessRefreshed(started: string, { secret, dump }: Examined): Verdict {
  const refreshed = secret.external.flatMap(({ object, namespace }) => {
    const live = dump.find(externalSecret, namespace, ownName(object));
    return live === undefined ? [] : (refreshTime(live) ?? []);
  });
  const created = dump.secret(secret.namespace, secret.name)?.created;
  const isNewer = refreshed.some(time => (secondsBetween(time, started) ?? -1) >= 0);
  if (isNewer) return OK;
  if (created === undefined && refreshed.length === 0) return undefined;
  return {
    state: 'unknown',
    because: `${dump.teller} does not tell when the Secret was written: --show-managed-fields does`,
  };
}

function outdated(
  object: PlacedObject,
  { pod, time }: { readonly pod: PlacedObject; readonly time: string },
  written: string,
  { dump, commands, secret }: Examined,
): Omit<Extract<Verdict, { state: 'broken' }>, 'state'> {
  const { namespace, name } = object;
  const kind = object.kind.toLowerCase();
  const canRoll = ['deployment', 'statefulset', 'daemonset'].includes(kind);
  const path = secret.readers.find(reader => reader.object === object)?.path ?? [
    'metadata',
    'name',
  ];
  return {
    message: `pod "${pod.name}" of ${calledObject(object)} was started before the Secret was last written`,
    evidence: [
      { kind: 'time', text: `the Secret was written at ${written}`, age: dump.ageOf(written) },
      { kind: 'time', text: `the container was started at ${time}`, age: dump.ageOf(time) },
    ],
    object,
    path,
    command: canRoll
      ? commands.kubectl('rollout', 'restart', `${kind}/${name}`, '-n', namespace)
      : commands.kubectl('delete', 'pod', pod.name, '-n', namespace),
  };
}
