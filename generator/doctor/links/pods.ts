import type { Path } from '../../core/finding.ts';
import { groupBy, listAt, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import {
  type Maker,
  type Reader,
  type SecretGraph,
  wholeMakers,
} from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { phaseOf } from '../../kinds/cnpg/cluster-status.ts';
import {
  corePod,
  isOfSecret,
  isOfVolume,
  startOf,
  volumesOf,
  waitingIn,
} from '../../kinds/core/pod.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { ownName } from '../../kinds/eso/external-secret-spec.ts';
import { refreshTime } from '../../kinds/eso/group.ts';
import { objectName, type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Container } from '../../kinds/pods.ts';
import { type Dump, livePods, secondsBetween } from '../dump.ts';
import {
  absence,
  absentObject,
  calledObject,
  conditionEvidence,
  createdAt,
  describeCommand,
  type Evidence,
  type Examined,
  eventEvidence,
  notDumped,
  OK,
  readiness,
  type Verdict,
  worstOf,
} from '../verdict.ts';

/** Whether the Secret has every key that is read. */
export function keysLink({ secret, dump, commands, ...rest }: Examined): Verdict {
  const wanted = secret.readers.flatMap(wantedKeys);
  if (wanted.length === 0) return undefined;
  const live = dump.secret(secret.namespace, secret.name);
  if (live === undefined)
    return secret.readers.every(({ isOptional }) => isOptional)
      ? OK
      : notDumped(coreSecret, secret.namespace, dump, commands);
  const { keys } = live;
  if (keys === undefined)
    return { state: 'unknown', because: `${dump.teller} does not tell which keys the Secret has` };
  const missing = wanted.find(({ key }) => !keys.has(key));
  if (missing === undefined) return OK;
  if (live.hasMore === true)
    return {
      state: 'unknown',
      because: `nobody manages the key "${missing.key}", and the Secret has keys that nobody manages`,
    };
  const { key, object, path } = missing;
  const names = [...keys].sort().map(name => `"${name}"`);
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const changed = dump.ageOf(live.written);
  return {
    state: 'broken',
    message: `Secret "${secret.name}" has no key "${key}", which ${object.kind} "${object.name}" reads`,
    evidence: [{ kind: 'absence', text: has, ...(changed !== undefined && { age: changed }) }],
    object,
    path,
    command: mending(key, { secret, dump, commands, ...rest }),
  };
}

interface WantedKey {
  readonly key: string;
  readonly object: PlacedObject;
  readonly path: Path;
}

function wantedKeys({ key, keyPath, needs = [], path, object, isOptional }: Reader): WantedKey[] {
  if (isOptional) return [];
  const named = key === undefined ? [...needs] : [key];
  const at = key === undefined ? path : (keyPath ?? path);
  return named.filter(name => !isUnresolved(name)).map(name => ({ key: name, object, path: at }));
}

/** What gives the key in the manifests is applied, or done again. */
function mending(key: string, { secret, dump, commands }: Examined): string | undefined {
  const maker = secret.node?.makers.find(({ keys }) => keys.has(key));
  const { namespace, name } = secret;
  if (maker === undefined) return commands.kubectl('edit', 'secret', name, '-n', namespace);
  const { object } = maker;
  if (object.known !== externalSecret) return commands.apply(object);
  const live = dump.find(externalSecret, object.namespace, object.name);
  return live !== undefined && gives(live, key)
    ? commands.sync(namespace, object.name)
    : commands.apply(object);
}

/** Whether the ExternalSecret of the cluster may give a key: it names it, or fetches all there are. */
function gives(live: PlacedObject, key: string): boolean {
  const spec = specOf(live);
  const fetched = listAt(spec, 'data').some(entry => textAt(entry, 'secretKey') === key);
  const made = Object.hasOwn(mapAt(spec, 'target', 'template', 'data'), key);
  return fetched || made || listAt(spec, 'dataFrom').length > 0;
}

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
  if (place.desiredCount?.(object) === 0)
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

/** Whether the programs that have it in variables were started since it was last written. */
export function restartLink(examined: Examined): Verdict {
  const { secret, graph } = examined;
  const pods = podsOf(graph);
  return worstOf(
    [...new Set(secret.readers.map(({ object }) => object))].filter(isLasting).map(object => {
      const containers = (pods.get(object) ?? [])
        .flatMap(pod => [...pod.containers])
        .filter(one => one.role !== 'init' && readsVariables(one, secret.name));
      return workloadOfRestart(object, new Set(containers.map(({ name }) => name)), examined);
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

function workloadOfRestart(
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

/** Whether the Secret is there; where it is not, what its maker says. */
export function secretLink(examined: Examined): Verdict {
  const { secret, dump, commands } = examined;
  const { namespace, name, object, path } = secret;
  if (dump.secret(namespace, name) !== undefined) return OK;
  const [maker] = wholeMakers(secret.node);
  const isNeeded = secret.readers.some(({ isOptional }) => !isOptional);
  if (!isNeeded && (maker === undefined || maker.object.written !== undefined)) return OK;
  const at = { object: maker?.object ?? object, path: maker?.path ?? path };
  const command = maker === undefined ? byHand(examined) : again(maker, examined);
  const gone = absence(coreSecret, secret, { ...at, command }, dump, commands);
  if (gone?.state !== 'broken') return gone;
  return { ...gone, evidence: [...gone.evidence, ...makerEvidence(maker, examined)] };
}

/** The command that makes a Secret of files that are called like its keys: no value stands in it. */
function byHand({ secret, commands }: Examined): string | undefined {
  const { namespace, name, node, readers } = secret;
  const keys = new Set([...(node?.keys ?? []), ...readers.flatMap(({ key }) => key ?? [])]);
  const files = [...keys].sort().map(key => `--from-file=${key}=${key}`);
  return commands.kubectl('create', 'secret', 'generic', name, '-n', namespace, ...files);
}

function again({ object }: Maker, { dump, commands }: Examined): string | undefined {
  const { known, namespace, name } = object;
  const live = known && dump.find(known, namespace, name);
  if (known !== undefined && live === undefined && dump.hasAll(known, namespace))
    return commands.apply(object);
  if (known === externalSecret && live !== undefined) return commands.sync(namespace, name);
  return describeCommand(object, commands);
}

function makerEvidence(maker: Maker | undefined, { dump }: Examined): Evidence[] {
  const object = maker?.object;
  if (object?.known === undefined || object.known === coreSecret) return [];
  const { namespace, name } = object;
  const live = dump.find(object.known, namespace, name);
  if (live === undefined)
    return dump.hasAll(object.known, namespace)
      ? [{ kind: 'absence', text: `${calledObject(object)}, which makes it, is not there` }]
      : [];
  const phase = live.known === cnpgCluster ? phaseOf(live) : undefined;
  if (phase !== undefined) {
    const reason = phase.reason === '' ? '' : ` (${phase.reason})`;
    return [{ kind: 'status', text: `${calledObject(live)}: ${phase.name}${reason}` }];
  }
  const { condition } = readiness(live, dump);
  if (condition === undefined) return [];
  const said = conditionEvidence(condition, dump);
  return [{ ...said, text: `${objectName(live).kind} ${said.text}` }];
}
