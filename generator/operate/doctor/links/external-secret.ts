import { inNamespace } from '../../../ground/namespace-words.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import { NOTHING_MADE, refreshSeconds, refreshTime } from '../../../kinds/eso/sync-status.ts';
import type { Item } from '../../../kinds/kind.ts';
import { absence, calledItem, conditionEvidence, createdAt, readiness } from '../evidence.ts';
import { syncFault } from '../sync-fault.ts';
import { ageText } from '../times.ts';
import { type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** Whether External Secrets brought the Secret up to date, and lately. */
export function externalSecretLink(examined: Examined): Verdict {
  return worstOf(examined.secret.external.map(external => oneSecret(external, examined)));
}

function oneSecret(external: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const { item, namespace, path } = external;
  const name = ownName(item);
  const live = dump.find(externalSecret, namespace, name);
  if (live === undefined) {
    const at = { item, path: ['metadata', 'name'], command: commands.apply(item) };
    return absence(externalSecret, { namespace, name }, at, dump, commands);
  }
  const { isReady, condition } = readiness(live, dump);
  if (condition === undefined) return unseen(live, item, isReady === 'new', examined);
  if (isReady !== true) return syncFault(external, examined)?.broken;
  if (NOTHING_MADE.includes(condition.reason))
    return {
      state: 'broken',
      message: `${calledItem(live)} is ready, and there is no Secret that it could write to`,
      evidence: [conditionEvidence(condition, dump)],
      item,
      path: [...path, 'target'],
      command: commands.kubectl('get', 'secrets', '-n', namespace),
    };
  return stale(live, external, examined);
}

function unseen(live: Item, item: Item, isNew: boolean, { dump, commands }: Examined): Verdict {
  if (isNew)
    return {
      state: 'unknown',
      because: `${calledItem(live)} is new, and has no condition yet`,
      isPending: true,
    };
  return {
    state: 'broken',
    message: `no controller has looked at ${calledItem(live)}`,
    evidence: [{ kind: 'status', text: 'no condition', age: dump.ageOf(createdAt(live)) }],
    item,
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
function stale(live: Item, { item, path }: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const every = refreshSeconds(live);
  const time = refreshTime(live);
  const ago = dump.secondsSince(time);
  if (every === undefined || ago === undefined || ago <= 2 * every) return OK;
  return {
    state: 'broken',
    message: `${calledItem(live)}${inNamespace(live.namespace)} is ready, and was not refreshed for ${ageText(ago)}`,
    evidence: [
      { kind: 'status', text: `refreshTime ${time}, every ${ageText(every)}`, age: ageText(ago) },
    ],
    item,
    path: [...path, 'refreshInterval'],
    command: commands.sync(live.namespace, live.name),
  };
}
