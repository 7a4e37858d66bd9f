import { groupBy } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { secretId } from '../graph/secret-graph.ts';
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
import { type ClusterEvent, corePod, isOver } from '../kinds/core/pod.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { storeOf } from '../kinds/eso/stores.ts';
import { type ObjectField, objectName, type PlacedObject } from '../kinds/kind.ts';
import { objectsAround } from './dump.ts';
import { keysLink, podEvidence, podsLink, restartLink, secretLink } from './links/pods.ts';
import {
  entryVerdict,
  externalSecretVerdict,
  permissionVerdict,
  pushLink,
  storeRefs,
  storesVerdict,
} from './links/secret.ts';
import type { Checked, Examined, Verdict } from './verdict.ts';
import {
  absentObject,
  broken,
  calledObject,
  eventEvidence,
  OK,
  pending,
  unknown,
  worstOf,
} from './verdict.ts';

/** The state of a Secret of the manifests in a cluster, link by link. */
export interface SecretHealth {
  readonly namespace: string;
  readonly name: string;
  readonly links: readonly Link[];
  /** The other Secrets without which it stays stuck at its link. */
  readonly needs: readonly string[];
}

/** A link of a Secret, and what was found of it; `by`: the link that blocks it. */
export interface Link extends Checked {
  readonly link: LinkName;
  readonly by?: LinkName | undefined;
}

/** The state of the Secrets that one environment expects, in the cluster of a dump. */
export interface Diagnosis {
  readonly environment: string;
  readonly newest: string | undefined;
  readonly secrets: readonly SecretHealth[];
}

export type LinkName =
  | ('entry' | 'permission' | 'store' | 'external-secret' | 'secret')
  | ('keys' | 'pods' | 'restart' | 'cnpg' | 'push');

/** The links of a secret on its way from its store to a program, in order, and how each is checked. */
const CHECKS: readonly (readonly [link: LinkName, check: (examined: Examined) => Verdict])[] = [
  ['entry', ofEach(entryVerdict)],
  ['permission', ofEach(permissionVerdict)],
  ['store', ofEach(storesVerdict)],
  ['external-secret', ofEach(externalSecretVerdict)],
  ['secret', secretLink],
  ['keys', keysLink],
  ['pods', podsLink],
  ['restart', restartLink],
  ['cnpg', cnpgLink],
  ['push', pushLink],
];

function ofEach(check: (external: ExternalSecret, examined: Examined) => Verdict) {
  return (examined: Examined): Verdict =>
    worstOf(examined.secret.external.map(external => check(external, examined)));
}

export function isBefore(link: LinkName, later: LinkName): boolean {
  const links = CHECKS.map(([name]) => name);
  return links.indexOf(link) < links.indexOf(later);
}

/** Links that are checked even if an earlier one is broken. */
const UNBLOCKED: readonly LinkName[] = ['entry', 'permission', 'store'];

/** Links of the Secret's readers: a PushSecret works even if they are broken. */
const READERS: readonly LinkName[] = ['pods', 'restart', 'cnpg'];

/** Follows one Secret, link by link. */
export function healthOf(examined: Examined): SecretHealth {
  const { namespace, name, object } = examined.secret;
  if (namespace === '') {
    const verdict = unknown(`${object.kind} "${object.name}" names no namespace: --namespace does`);
    return { namespace, name, links: [{ link: 'secret', ...verdict }], needs: [] };
  }
  const links: Link[] = [];
  let stuck: LinkName | undefined;
  for (const [link, check] of CHECKS) {
    const verdict = check(examined);
    if (verdict === undefined) continue;
    const isBlocked = stuck !== undefined && blocks(stuck, link);
    links.push({ link, ...(isBlocked ? { state: 'blocked', by: stuck, evidence: [] } : verdict) });
    if (verdict.state === 'broken') stuck ??= link;
  }
  return { namespace, name, links, needs: neededFor(stuckLink({ links }), examined) };
}

function neededFor(at: Link | undefined, { secret, graph }: Examined): string[] {
  if (at === undefined) return [];
  const { link, evidence } = at;
  const ownId = secretId(secret.namespace, secret.name);
  const words = evidence.map(({ text }) => text).join('\n');
  const isNamed = link !== 'store' && link !== 'secret' && link !== 'cnpg';
  const external = secret.external.map(({ object }) => object);
  const stores = secret.external.flatMap(each =>
    storeRefs(each).flatMap(ref => storeOf(graph.find, ref, each.namespace) ?? []),
  );
  const stuck: Partial<Record<LinkName, readonly PlacedObject[]>> = {
    ...{ entry: external, permission: external, 'external-secret': external, store: stores },
    secret: (secret.node?.makers ?? []).map(({ object }) => object),
    cnpg: objectsAround(secret).filter(({ knownKind }) => knownKind === cnpgCluster),
  };
  return (stuck[link] ?? []).flatMap(object =>
    (readersByObject(graph).get(object) ?? [])
      .filter(({ secret: name }) => !isNamed || words.includes(`"${name}"`))
      .map(({ namespace, secret: name }) => secretId(namespace, name))
      .filter(id => id !== ownId),
  );
}

const readersByObject = oncePer(({ readers }: Examined['graph']) => {
  const needing = readers.filter(({ isOptional }) => !isOptional);
  return groupBy(needing, ({ object }) => object);
});

function blocks(broken: LinkName, link: LinkName): boolean {
  return !UNBLOCKED.includes(link) && !(link === 'push' && READERS.includes(broken));
}

/** The link that a Secret is stuck at, or else the first that is not known. */
export function stuckLink({ links }: Pick<SecretHealth, 'links'>): Link | undefined {
  return (
    links.find(({ state }) => state === 'broken') ?? links.find(({ state }) => state === 'unknown')
  );
}

function cnpgLink(examined: Examined): Verdict {
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
  if (live === undefined) return absentObject(cnpgCluster, object, examined);
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
  const { knownKind } = object;
  if (knownKind === undefined) return undefined;
  const live = examined.dump.live(object);
  if (live === undefined) return absentObject(knownKind, object, examined);
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
