import { inNamespace } from '../../../ground/namespace-words.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import { NOTHING_MADE, refreshSeconds, refreshTime } from '../../../kinds/eso/sync-status.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import {
  absentObject,
  calledObject,
  conditionEvidence,
  createdAt,
  readiness,
} from '../evidence.ts';
import { syncFault } from '../sync-fault.ts';
import { ageText } from '../times.ts';
import { type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** Whether External Secrets brought the Secret up to date, and lately. */
export function externalSecretLink(examined: Examined): Verdict {
  return worstOf(examined.secret.external.map(external => oneSecret(external, examined)));
}

function oneSecret(external: ExternalSecret, examined: Examined): Verdict {
  const { dump } = examined;
  const { object, namespace } = external;
  const name = ownName(object);
  const live = dump.find(externalSecret, namespace, name);
  if (live === undefined)
    return absentObject(externalSecret, object, examined, { namespace, name });
  const { isReady, condition } = readiness(live, dump);
  if (condition === undefined) return unseen(live, object, isReady === 'new', examined);
  if (isReady !== true) return syncFault(external, examined)?.broken;
  if (NOTHING_MADE.includes(condition.reason)) return idle(live, external, examined);
  return stale(live, external, examined);
}

/** It looks for the Secret that it adds to only when it refreshes. */
function idle(live: PlacedObject, { object, path }: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands, secret } = examined;
  const { condition } = readiness(live, dump);
  const isThere = dump.secret(secret.namespace, secret.name) !== undefined;
  const state = isThere
    ? 'was ready before there was a Secret'
    : 'is ready, and there is no Secret';
  return {
    state: 'broken',
    message: `${calledObject(live)} ${state} that it could write to`,
    evidence: condition === undefined ? [] : [conditionEvidence(condition, dump)],
    object,
    path: [...path, 'target'],
    command: isThere
      ? commands.sync(live.namespace, live.name)
      : commands.kubectl('get', 'secrets', '-n', live.namespace),
  };
}

function unseen(
  live: PlacedObject,
  object: PlacedObject,
  isNew: boolean,
  { dump, commands }: Examined,
): Verdict {
  if (isNew)
    return {
      state: 'unknown',
      because: `${calledObject(live)} is new, and has no condition yet`,
      isPending: true,
    };
  return {
    state: 'broken',
    message: `no controller has looked at ${calledObject(live)}`,
    evidence: [{ kind: 'status', text: 'no condition', age: dump.ageOf(createdAt(live)) }],
    object,
    path: ['metadata', 'name'],
    command: commands.kubectl(
      'get',
      'deployments',
      '--all-namespaces',
      '-l',
      'app.kubernetes.io/name=external-secrets',
    ),
  };
}

/** The time of the last success, against the interval. */
function stale(live: PlacedObject, { object, path }: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const every = refreshSeconds(live);
  const time = refreshTime(live);
  const ago = dump.secondsSince(time);
  if (every === undefined || ago === undefined || ago <= 2 * every) return OK;
  return {
    state: 'broken',
    message: `${calledObject(live)}${inNamespace(live.namespace)} is ready, and was not refreshed for ${ageText(ago)}`,
    evidence: [
      { kind: 'status', text: `refreshTime ${time}, every ${ageText(every)}`, age: ageText(ago) },
    ],
    object,
    path: [...path, 'refreshInterval'],
    command: commands.sync(live.namespace, live.name),
  };
}
