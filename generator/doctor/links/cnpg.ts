import { cnpgCluster, isOwnersLogin } from '../../kinds/cnpg/cluster.ts';
import {
  appliedStatus,
  cnpgClusterNameOf,
  failedRoles,
  isMissing,
  isPodOf,
  phaseOf,
} from '../../kinds/cnpg/cluster-status.ts';
import { cnpgDatabase } from '../../kinds/cnpg/database.ts';
import { hasReloadLabel } from '../../kinds/cnpg/group.ts';
import { databaseRole, RELOADED, takenPasswords } from '../../kinds/cnpg/roles.ts';
import { corePod, isOver } from '../../kinds/core/pod.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import {
  absentObject,
  type Broken,
  calledObject,
  describeCommand,
  type Examined,
  eventEvidence,
  OK,
  type Verdict,
  worstOf,
} from '../verdict.ts';
import { podEvidence } from './pods.ts';

/** Whether CNPG did what the Secret is for: the Cluster that makes or reads it, its roles and databases. */
export function cnpgLink(examined: Examined): Verdict {
  const { secret, graph } = examined;
  const ends = [...(secret.node?.makers ?? []), ...secret.readers].map(({ object }) => object);
  const clusters = [...new Set(ends)].filter(({ known }) => known === cnpgCluster);
  if (clusters.length === 0 && !ends.some(({ known }) => known === databaseRole)) return undefined;
  const roles = [...new Set(ends)].filter(({ known }) => known === databaseRole);
  const logins = [...(secret.node?.makers ?? []), ...secret.readers.filter(isOwnersLogin)].map(
    ({ object }) => object,
  );
  const databases = graph
    .byKind(cnpgDatabase)
    .filter(object =>
      clusters
        .filter(one => logins.includes(one))
        .some(
          ({ namespace, name }) =>
            namespace === object.namespace && name === cnpgClusterNameOf(object.json),
        ),
    );
  return worstOf([
    ...clusters.map(object => cluster(object, examined)),
    ...[...roles, ...databases].map(object => applied(object, examined)),
  ]);
}

function cluster(object: PlacedObject, examined: Examined): Verdict {
  const { dump, commands, secret } = examined;
  const live = dump.find(cnpgCluster, object.namespace, object.name);
  if (live === undefined) return absentObject(cnpgCluster, object, examined);
  const reader = secret.readers.find(one => one.object === object);
  const at = { object, path: reader?.path ?? ['metadata', 'name'] };
  const [role] = failedRoles(live, secret.name);
  if (role !== undefined)
    return {
      state: 'broken',
      message: `${calledObject(live)} could not set the role "${role.role}"`,
      evidence: role.errors.map(text => ({ kind: 'status', text })),
      ...at,
      command: describeCommand(live, commands),
    };
  return worstOf([phase(live, at, examined), passwordVerdict(live, at, examined)]);
}

/** A Cluster that waits for a Secret only says that it sets up its primary: the pod of that says why. */
function phase(
  live: PlacedObject,
  at: Pick<Broken, 'object' | 'path'>,
  examined: Examined,
): Verdict {
  const { dump, secret, commands } = examined;
  const found = phaseOf(live);
  if (found === undefined)
    return { state: 'unknown', because: `${calledObject(live)} has no phase yet`, isPending: true };
  if (found.isHealthy) return OK;
  const pods = dump.byKind(corePod).filter(pod => isPodOf(pod, live) && !isOver(pod));
  const waiting = pods.flatMap(pod => podEvidence(pod, { secret, dump }));
  const reason = found.reason === '' ? '' : `: ${found.reason}`;
  const said = { kind: 'status', text: `phase ${found.name}${reason}` } as const;
  const events = eventEvidence(objectName(live), dump, event => isMissing(event, secret.name));
  if (waiting.length > 0 || events.length > 0 || found.isStuck)
    return {
      state: 'broken',
      message:
        found.isStuck && waiting.length === 0
          ? `${calledObject(live)} does not go on by itself`
          : `${calledObject(live)} waits for the Secret`,
      evidence: [said, ...waiting, ...events],
      ...at,
      command: describeCommand(live, commands),
    };
  return {
    state: 'unknown',
    because: `${calledObject(live)} is at "${found.name}"`,
    isPending: true,
    command: commands.kubectl('get', 'pods', '-n', live.namespace, '-o', 'json'),
  };
}

/** A Database, or a DatabaseRole that has its password from the Secret. */
function applied(object: PlacedObject, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const { known, namespace, name } = object;
  if (known === undefined) return undefined;
  const live = dump.find(known, namespace, name);
  if (live === undefined) return absentObject(known, object, examined);
  const at = { object, path: ['metadata', 'name'] };
  const status = appliedStatus(live);
  if (status === undefined)
    return {
      state: 'unknown',
      because: `${calledObject(live)} does not say whether it is applied`,
      isPending: true,
    };
  if (status.isApplied) return worstOf([passwordVerdict(live, at, examined), OK]);
  return {
    state: 'broken',
    message: `${calledObject(live)} is not applied`,
    evidence: [{ kind: 'status', text: status.message === '' ? 'applied: false' : status.message }],
    ...at,
    command: describeCommand(live, commands),
  };
}

/** In seconds: CNPG sets a password within a moment of the change. */
const SOON = 120;

/**
 * Whether the roles of a Cluster or a DatabaseRole have the password that is in the Secret: by the version
 * that CNPG took it from. Another version may be the same password with other labels.
 */
function passwordVerdict(
  live: PlacedObject,
  at: Pick<Broken, 'object' | 'path'>,
  examined: Examined,
): Verdict {
  const { secret, dump } = examined;
  const there = dump.secret(secret.namespace, secret.name);
  const taken = takenPasswords(live, secret.name);
  if (there?.version === undefined || taken.length === 0) return undefined;
  const { version, written, labels } = there;
  const isReloaded = hasReloadLabel(labels);
  const isNew = (dump.secondsSince(written) ?? SOON) < SOON;
  return worstOf(
    taken.map(({ role, isSet, ...one }): Verdict => {
      if (one.version === version) return OK;
      const password = `the password of role "${role}"`;
      const not = isSet ? `set ${password}` : `looked at ${password}`;
      if (isReloaded && !isNew) return broken(not, written, live, at, examined);
      const did = isSet ? `set ${password} from` : `last looked for ${password} at`;
      const said = `${calledObject(live)} has ${did} an older version of the Secret`;
      const command = examined.commands.kubectl(
        ...['label', 'secret', secret.name, '-n', secret.namespace, RELOADED],
      );
      return isReloaded
        ? { state: 'unknown', because: said, isPending: true }
        : { state: 'unknown', because: `${said}, which has no label ${RELOADED}`, command };
    }),
  );
}

function broken(
  not: string,
  written: string | undefined,
  live: PlacedObject,
  at: Pick<Broken, 'object' | 'path'>,
  { dump, commands }: Examined,
): Verdict {
  return {
    state: 'broken',
    message: `${calledObject(live)} has not ${not} since the Secret changed`,
    evidence: [
      {
        kind: 'time',
        text: written === undefined ? 'the Secret changed' : `the Secret was written at ${written}`,
        age: dump.ageOf(written),
      },
    ],
    ...at,
    command: describeCommand(live, commands),
  };
}
