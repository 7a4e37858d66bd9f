import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { inNamespace } from '../../../ground/namespace-words.ts';
import { oncePer } from '../../../ground/once-per.ts';
import { isBelow } from '../../../ground/value-path.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import {
  failedEntry,
  NOTHING_MADE,
  refreshSeconds,
  refreshTime,
  SYNC_FAILED,
  syncCause,
} from '../../../kinds/eso/sync-status.ts';
import { type Item, objectName } from '../../../kinds/kind.ts';
import { remoteEntries } from '../../params/remote-entries.ts';
import {
  absence,
  calledItem,
  conditionEvidence,
  createdAt,
  eventEvidence,
  readiness,
} from '../evidence.ts';
import { ageText } from '../times.ts';
import { type Broken, type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

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
  if (isReady !== true) return notReady(live, external, examined);
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
    return { state: 'unknown', because: `${calledItem(live)} is new, and has no condition yet` };
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

/** The condition tells little: the cause is in the event, with the entry that it is about. */
function notReady(live: Item, external: ExternalSecret, examined: Examined): Verdict {
  const { dump } = examined;
  const { item, path } = external;
  const { condition } = readiness(live, dump);
  const events = eventEvidence(objectName(live), dump, ({ reason }) => reason === SYNC_FAILED);
  const words = events[0]?.text ?? condition?.message ?? '';
  const entry = failedEntry(words);
  const at = entry === undefined ? ['metadata', 'name'] : [...path, entry.field, entry.index];
  return {
    state: 'broken',
    message: `${calledItem(live)} is not ready`,
    evidence: [...(condition === undefined ? [] : [conditionEvidence(condition, dump)]), ...events],
    item,
    path: at,
    // Of an event that is gone, another try makes a new one.
    command:
      events.length === 0 && syncCause(words) === 'other'
        ? examined.commands.sync(live.namespace, live.name)
        : mending(words, live, { item, path: at }, examined),
  };
}

/** An entry that is missing is put; a permission is printed; of what is to be changed, more is shown. */
function mending(
  words: string,
  { namespace, name }: Item,
  at: Pick<Broken, 'item' | 'path'>,
  { commands, graph, secret }: Examined,
): string | undefined {
  const cause = syncCause(words);
  if (cause === 'no permission') return commands.own('iam');
  if (cause === 'another owner')
    return commands.kubectl('describe', 'secret', secret.name, '-n', namespace);
  const entry = (entriesOf(graph).get(at.item) ?? []).find(({ path }) => isBelow(path, at.path));
  return cause === 'missing entry' && entry?.isOfAws === true
    ? commands.own('params put', entry.name)
    : commands.kubectl('describe', 'externalsecret', name, '-n', namespace);
}

/** The entries that each object reads, and where. */
const entriesOf = oncePer((graph: SecretGraph) =>
  groupBy(
    remoteEntries(graph, new Set(graph.items)).flatMap(({ store, name, uses }) =>
      uses.map(({ item, path }) => ({ item, path, name, isOfAws: store.aws !== undefined })),
    ),
    ({ item }) => item,
  ),
);

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
