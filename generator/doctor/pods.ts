import type { Path } from '../core/finding.ts';
import { groupBy, isBelow, listAt, mapAt, sortBy, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { type Maker, type Reader, type SecretGraph, wholeMakers } from '../graph/secret-graph.ts';
import { cnpgCluster, isOwnersLogin } from '../kinds/cnpg/cluster.ts';
import { hasReloadLabel } from '../kinds/cnpg/group.ts';
import {
  appliedStatus,
  cnpgClusterNameOf,
  cnpgDatabase,
  databaseRole,
  failedRoles,
  isMissing,
  isPodOf,
  phaseOf,
  RELOADED,
  takenPasswords,
} from '../kinds/cnpg/members.ts';
import type { ClusterEvent } from '../kinds/core/pod.ts';
import {
  corePod,
  isOfSecret,
  isOfVolume,
  isOver,
  lastStart,
  startOf,
  volumesOf,
  waitingIn,
} from '../kinds/core/pod.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import { refreshTime } from '../kinds/eso/group.ts';
import { type ObjectField, objectName, type PlacedObject, specOf } from '../kinds/kind.ts';
import type { Container } from '../kinds/pods.ts';
import { type Dump, livePods, objectsAround, secondsBetween } from './dump.ts';
import type { Evidence, Examined, Verdict } from './verdict.ts';
import {
  absence,
  absentObject,
  applyCommand,
  broken,
  calledObject,
  conditionEvidence,
  createdAt,
  eventEvidence,
  liveExternalSecret,
  notListed,
  OK,
  pending,
  readiness,
  unknown,
  worstOf,
} from './verdict.ts';

/** Whether the Secret is in the cluster; if not, what the status of its maker says. */
export function secretLink(examined: Examined): Verdict {
  const { secret, dump, commands } = examined;
  if (dump.secret(secret) !== undefined) return OK;
  const [maker] = wholeMakers(secret.node);
  const isNeeded = secret.readers.some(({ isOptional }) => !isOptional);
  if (!isNeeded && (maker === undefined || maker.object.written !== undefined)) return OK;
  const { object, path } = maker ?? secret;
  const { namespace, name, node, readers } = secret;
  const keys = [...(node?.keys ?? []), ...readers.flatMap(({ key }) => key ?? [])];
  const create = commands.create(namespace, name, keys);
  const command = maker === undefined ? create : makeAgain(maker, examined);
  const gone = absence(coreSecret, secret, { object, path, command }, examined);
  if (gone?.state !== 'broken') return gone;
  return { ...gone, evidence: [...gone.evidence, ...makerEvidence(maker, examined)] };
}

function makeAgain({ object }: Maker, { dump, commands }: Examined): string | undefined {
  const { knownKind, namespace, name } = object;
  if (dump.lacks(object)) return applyCommand(object, { dump, commands });
  return knownKind === externalSecret && dump.live(object) !== undefined
    ? commands.refetch(namespace, name)
    : commands.describe(object);
}

function makerEvidence(maker: Maker | undefined, { dump }: Examined): Evidence[] {
  const object = maker?.object;
  if (object?.knownKind === undefined || object.knownKind === coreSecret) return [];
  if (dump.lacks(object))
    return [{ kind: 'absence', text: `${calledObject(object)}, which makes it, is not there` }];
  const live = dump.live(object);
  if (live === undefined) return [];
  const phase = live.knownKind === cnpgCluster ? phaseOf(live) : undefined;
  if (phase !== undefined) {
    const reason = phase.reason === '' ? '' : ` (${phase.reason})`;
    return [{ kind: 'status', text: `${calledObject(live)}: ${phase.name}${reason}` }];
  }
  const { condition } = readiness(live, dump);
  if (condition === undefined) return [];
  const evidence = conditionEvidence(condition, dump);
  return [{ ...evidence, text: `${live.kind} ${evidence.text}` }];
}

/** Whether the Secret has every key that is read. */
export function keysLink(examined: Examined): Verdict {
  const { secret, dump } = examined;
  const needed = secret.readers.flatMap(neededKeys);
  if (needed.length === 0) return undefined;
  const live = dump.secret(secret);
  if (live === undefined) return notListed(coreSecret, secret.namespace, examined);
  const { keys } = live;
  if (keys === undefined) return unknown(`${dump.title} does not tell which keys the Secret has`);
  const missing = needed.find(({ key }) => !keys.has(key));
  if (missing === undefined) return OK;
  const { key, object, path } = missing;
  if (live.hasMore === true)
    return unknown(`nobody manages the key "${key}", and the Secret has keys that nobody manages`);
  const names = [...keys].sort().map(name => `"${name}"`);
  const text = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return broken(
    `Secret "${secret.name}" has no key "${key}", which ${object.kind} "${object.name}" reads`,
    [{ kind: 'absence', text, age: dump.ageOf(live.written) }],
    { object, path },
    giveKey(key, examined),
  );
}

function neededKeys({ key, keyPath, needs = [], path, object, isOptional }: Reader) {
  if (isOptional) return [];
  const names = key === undefined ? [...needs] : [key];
  const at: Path = key === undefined ? path : (keyPath ?? path);
  return names.filter(name => !isUnresolved(name)).map(name => ({ key: name, object, path: at }));
}

/** The command that applies the manifest with the key, or has the ExternalSecret in the cluster fetch again. */
function giveKey(key: string, { secret, dump, commands }: Examined): string | undefined {
  const maker = secret.node?.makers.find(({ keys }) => keys.has(key));
  const { namespace, name } = secret;
  if (maker === undefined) return commands.kubectl('edit', 'secret', name, '-n', namespace);
  const { object } = maker;
  const live = object.knownKind === externalSecret ? dump.live(object) : undefined;
  const spec = live && specOf(live);
  const mayGive =
    listAt(spec, 'data').some(entry => textAt(entry, 'secretKey') === key) ||
    Object.hasOwn(mapAt(spec, 'target', 'template', 'data'), key) ||
    listAt(spec, 'dataFrom').length > 0;
  if (mayGive) return commands.refetch(namespace, object.name);
  return applyCommand(object, { dump, commands });
}

/** Whether the pods that read the Secret start. */
export function podsLink(examined: Examined): Verdict {
  const readers = examined.secret.readers.filter(({ object }) => object.knownKind?.pods);
  return worstOf(
    [...groupBy(readers, ({ object }) => object)].map(([object, reads]) =>
      workload(object, reads, examined),
    ),
  );
}

function workload(object: PlacedObject, reads: readonly Reader[], examined: Examined): Verdict {
  const { dump, commands } = examined;
  const { namespace } = object;
  if (dump.lacks(object)) return absentObject(object, examined);
  const pods = livePods(object, dump);
  if (pods.length === 0 && !dump.hasAll(corePod, namespace))
    return notListed(corePod, namespace, examined);
  if (pods.length === 0) return podless(dump.live(object) ?? object, dump);
  const pod = pods.find(each => podEvidence(each, examined).length > 0);
  if (pod === undefined) return OK;
  const evidence = podEvidence(pod, examined);
  const words = new Set(evidence.flatMap(({ text }) => text.split(/\s/)));
  const read = reads.find(({ key }) => key !== undefined && words.has(key)) ?? reads[0];
  return broken(
    `pod "${pod.name}" of ${calledObject(object)} does not start for want of the Secret`,
    evidence,
    { object, path: read?.keyPath ?? read?.path ?? [] },
    commands.kubectl('describe', 'pod', pod.name, '-n', pod.namespace),
  );
}

/** What the kubelet says of the Secret where a pod waits for it. */
function podEvidence(pod: PlacedObject, { secret, dump }: Examined): Evidence[] {
  const { namespace, name } = secret;
  const volumes = volumesOf(pod, name);
  const isAboutSecret = (message: string): boolean =>
    isOfSecret(message, namespace, name) || isOfVolume(message, volumes);
  const waiting = waitingIn(pod);
  const refused = waiting
    .filter(
      ({ reason, message }) => reason === 'CreateContainerConfigError' && isAboutSecret(message),
    )
    .map(({ container, reason, message }): Evidence => {
      return { kind: 'status', text: `container "${container}" ${reason}: ${message}` };
    });
  if (refused.length > 0) return refused;
  // A running container has its volumes, so an earlier failed mount no longer matters.
  if (waiting.length === 0) return [];
  const isMount = ({ reason, message }: ClusterEvent): boolean =>
    reason === 'FailedMount' && isAboutSecret(message);
  return eventEvidence(objectName(pod), dump, lastStart(pod), isMount);
}

/** In seconds: a running operator has made the pods by then. */
const LATE = 600;

function podless(object: PlacedObject, dump: Dump): Verdict {
  const place = object.knownKind?.pods;
  if (place?.isLasting?.(object) !== true || specOf(object)['replicas'] === 0) return OK;
  const because = `${calledObject(object)} has no pod`;
  if (place.desiredCount?.(object) === 0)
    return unknown(`${because}: no node is one that it takes`);
  const created = createdAt(object);
  const isOfOperator = object.group.includes('.');
  if (!isOfOperator || (dump.secondsSince(created) ?? 0) < LATE) return pending(because);
  return unknown(`${because}, ${dump.ageOf(created)} after it was made: no operator made one`);
}

/** Whether the programs that have the Secret in variables were started since it was last written. */
export function restartLink(examined: Examined): Verdict {
  const { secret, graph } = examined;
  const pods = podsOf(graph);
  // Files of a volume follow the Secret; variables keep the value from when the container started.
  const isStuck = ({ env, envFrom, role }: Container): boolean =>
    role !== 'init' &&
    (env.some(variable => variable.secret?.name === secret.name) ||
      envFrom.some(source => source.secret === secret.name));
  // A Job that ends by itself keeps what it was started with.
  const lasting = [...new Set(secret.readers.map(({ object }) => object))].filter(
    object => object.knownKind?.pods?.isLasting?.(object) === true,
  );
  return worstOf(
    lasting.map(object => {
      const containers = (pods.get(object) ?? []).flatMap(pod => pod.containers).filter(isStuck);
      return startVerdict(object, containers, examined);
    }),
  );
}

const podsOf = oncePer(({ pods }: SecretGraph) => groupBy(pods, ({ object }) => object));

function startVerdict(object: PlacedObject, containers: readonly Container[], examined: Examined) {
  if (containers.length === 0) return undefined;
  const { secret, dump, commands } = examined;
  const starts = livePods(object, dump).flatMap(pod =>
    containers.flatMap(container => {
      const time = startOf(pod, container.name);
      return time === undefined ? [] : [{ pod, time, container }];
    }),
  );
  const [first] = sortBy(starts, ({ time }) => time);
  if (first === undefined) return undefined;
  const { pod, time, container } = first;
  const written = dump.secret(secret)?.written;
  if (written === undefined) return unlessRefreshed(time, examined);
  if ((secondsBetween(time, written) ?? 0) <= 0) return OK;
  const kind = object.kind.toLowerCase();
  const restart = ['rollout', 'restart', `${kind}/${object.name}`, '-n', object.namespace];
  const read = secret.readers.find(
    reader => reader.object === object && isBelow(reader.path, container.path),
  );
  return broken(
    `pod "${pod.name}" of ${calledObject(object)} was started before the Secret was last written`,
    [
      { kind: 'time', text: `the Secret was written at ${written}`, age: dump.ageOf(written) },
      { kind: 'time', text: `the container was started at ${time}`, age: dump.ageOf(time) },
    ],
    { object, path: read?.path ?? ['metadata', 'name'] },
    ['deployment', 'statefulset', 'daemonset'].includes(kind)
      ? commands.kubectl(...restart)
      : commands.kubectl('delete', 'pod', pod.name, '-n', pod.namespace),
  );
}

/** Without managed fields, only a container started after the last refresh certainly has the present value. */
function unlessRefreshed(started: string, { secret, dump }: Examined): Verdict {
  const refreshed = secret.external.flatMap(external => {
    const live = liveExternalSecret(external, dump);
    return live === undefined ? [] : (refreshTime(live) ?? []);
  });
  if (refreshed.some(time => (secondsBetween(time, started) ?? -1) >= 0)) return OK;
  if (dump.secret(secret)?.created === undefined && refreshed.length === 0) return undefined;
  return unknown(
    `${dump.title} does not tell when the Secret was written: --show-managed-fields does`,
  );
}

/** Whether a CNPG cluster and its roles have taken the Secret. */
export function cnpgLink(examined: Examined): Verdict {
  const { secret, graph } = examined;
  const objects = [...new Set(objectsAround(secret))];
  const clusters = objects.filter(({ knownKind }) => knownKind === cnpgCluster);
  const roles = objects.filter(({ knownKind }) => knownKind === databaseRole);
  if (clusters.length + roles.length === 0) return undefined;
  const logins = objectsAround({ ...secret, readers: secret.readers.filter(isOwnersLogin) });
  const ofLogins = clusters.filter(object => logins.includes(object));
  const isOf = ({ namespace, json }: PlacedObject, { name, ...cluster }: PlacedObject): boolean =>
    namespace === cluster.namespace && name === cnpgClusterNameOf(json);
  const databases = graph
    .byKind(cnpgDatabase)
    .filter(database => ofLogins.some(cluster => isOf(database, cluster)));
  return worstOf([
    ...clusters.map(object => clusterVerdict(object, examined)),
    ...[...roles, ...databases].map(object => appliedVerdict(object, examined)),
  ]);
}

function clusterVerdict(object: PlacedObject, examined: Examined): Verdict {
  const { dump, commands, secret } = examined;
  const live = dump.live(object);
  if (live === undefined) return absentObject(object, examined);
  const reader = secret.readers.find(read => read.object === object);
  const at = { object, path: reader?.path ?? ['metadata', 'name'] };
  const [role] = failedRoles(live, secret.name);
  if (role !== undefined) {
    const message = `${calledObject(live)} could not set the role "${role.role}"`;
    const errors = role.errors.map(text => ({ kind: 'status' as const, text }));
    return broken(message, errors, at, commands.describe(live));
  }
  return worstOf([phaseVerdict(live, at, examined), passwordVerdict(live, at, examined)]);
}

/** The status of a Cluster that waits for a Secret says only that its primary is set up; its pod says why. */
function phaseVerdict(live: PlacedObject, at: ObjectField, examined: Examined): Verdict {
  const { dump, secret, commands } = examined;
  const called = calledObject(live);
  const phase = phaseOf(live);
  if (phase === undefined) return pending(`${called} has no phase yet`);
  if (phase.isHealthy) return OK;
  const pods = dump.byKind(corePod).filter(pod => isPodOf(pod, live) && !isOver(pod));
  const waiting = pods.flatMap(pod => podEvidence(pod, examined));
  // An event that is older than the Secret no longer matters.
  const made = dump.secret(secret)?.created;
  const isAboutSecret = (event: ClusterEvent): boolean => isMissing(event, secret.name);
  const events = eventEvidence(objectName(live), dump, made, isAboutSecret);
  const shows = commands.kubectl('get', 'pods', '-n', live.namespace, '-o', 'json');
  if (waiting.length + events.length === 0 && !phase.isStuck)
    return pending(`${called} is at "${phase.name}"`, shows);
  const reason = phase.reason === '' ? '' : `: ${phase.reason}`;
  const doesNotGoOn = phase.isStuck && waiting.length === 0;
  return broken(
    `${called} ${doesNotGoOn ? 'does not go on by itself' : 'waits for the Secret'}`,
    [{ kind: 'status', text: `phase ${phase.name}${reason}` }, ...waiting, ...events],
    at,
    commands.describe(live),
  );
}

function appliedVerdict(object: PlacedObject, examined: Examined): Verdict {
  const live = examined.dump.live(object);
  if (live === undefined) return absentObject(object, examined);
  const at = { object, path: ['metadata', 'name'] };
  const status = appliedStatus(live);
  if (status === undefined)
    return pending(`${calledObject(live)} does not say whether it is applied`);
  if (status.isApplied) return worstOf([passwordVerdict(live, at, examined), OK]);
  const text = status.message === '' ? 'applied: false' : status.message;
  const command = examined.commands.describe(live);
  return broken(`${calledObject(live)} is not applied`, [{ kind: 'status', text }], at, command);
}

/** In seconds: CNPG sets a password within a moment of the change. */
const SOON = 120;

/** Whether the database roles have the password of the present version of the Secret. */
function passwordVerdict(live: PlacedObject, at: ObjectField, examined: Examined): Verdict {
  const { secret, dump, commands } = examined;
  const metadata = dump.secret(secret);
  if (metadata?.version === undefined) return undefined;
  const { version, written, labels } = metadata;
  const isReloaded = hasReloadLabel(labels);
  const isNew = (dump.secondsSince(written) ?? SOON) < SOON;
  return worstOf(
    takenPasswords(live, secret.name).map(({ role, isSet, ...taken }): Verdict => {
      if (taken.version === version) return OK;
      const password = `the password of role "${role}"`;
      const done = isSet ? `set ${password} from` : `last looked for ${password} at`;
      const because = `${calledObject(live)} has ${done} an older version of the Secret`;
      if (!isReloaded) {
        const label = ['label', 'secret', secret.name, '-n', secret.namespace, RELOADED];
        return unknown(`${because}, which has no label ${RELOADED}`, commands.kubectl(...label));
      }
      if (isNew) return pending(because);
      const time = written === undefined ? 'changed' : `was written at ${written}`;
      const undone = isSet ? `set ${password}` : `looked at ${password}`;
      return broken(
        `${calledObject(live)} has not ${undone} since the Secret changed`,
        [{ kind: 'time', text: `the Secret ${time}`, age: dump.ageOf(written) }],
        at,
        commands.describe(live),
      );
    }),
  );
}
