import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { isOwnersLogin } from '../../../kinds/cnpg/cluster-reads.ts';
import {
  appliedStatus,
  failedRoles,
  isMissing,
  isPodOf,
  phaseOf,
} from '../../../kinds/cnpg/cluster-status.ts';
import { cnpgDatabase } from '../../../kinds/cnpg/database.ts';
import { databaseRole } from '../../../kinds/cnpg/database-role.ts';
import { cnpgClusterNameOf } from '../../../kinds/cnpg/members.ts';
import { corePod } from '../../../kinds/core/pod.ts';
import { isOver } from '../../../kinds/core/pod-status.ts';
import { objectName, type PlacedObject } from '../../../kinds/kind.ts';
import { absentObject, calledObject, describeCommand, eventEvidence } from '../evidence.ts';
import { type Broken, type Examined, OK, type Verdict, worstOf } from '../verdict.ts';
import { passwordVerdict } from './cnpg-password.ts';
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
