import type { SecretGraph } from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import { isBelow } from '../../ground/json.ts';
import { oncePer } from '../../ground/once-per.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../kinds/eso/external-secret-spec.ts';
import {
  failedEntry,
  SYNC_FAILED,
  type SyncCause,
  syncCause,
} from '../../kinds/eso/sync-status.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import type { RemoteEntry } from '../params/entry.ts';
import { isThere } from '../params/entry-faults.ts';
import { remoteEntries } from '../params/remote-entries.ts';
import { calledObject, conditionEvidence, eventEvidence, readiness } from './evidence.ts';
import type { Broken, Examined } from './verdict.ts';

/** Why an ExternalSecret of the cluster is not ready. */
export interface SyncFault {
  readonly cause: SyncCause;
  readonly broken: Broken;
}

/**
 * What External Secrets says of an ExternalSecret that is not ready: the condition tells little, and the
 * cause is in the event, with the entry that it is about. Undefined: it is ready, or nothing is said.
 */
export function syncFault(external: ExternalSecret, examined: Examined): SyncFault | undefined {
  const { dump } = examined;
  const { object, path, namespace } = external;
  const live = dump.find(externalSecret, namespace, ownName(object));
  if (live === undefined) return undefined;
  const { condition, isReady } = readiness(live, dump);
  if (condition === undefined || isReady === true) return undefined;
  const events = eventEvidence(objectName(live), dump, ({ reason }) => reason === SYNC_FAILED);
  const words = events[0]?.text ?? condition.message;
  const entry = failedEntry(words);
  const at = entry === undefined ? ['metadata', 'name'] : [...path, entry.field, entry.index];
  const cause = syncCause(words);
  // Of an event that is gone, another try makes a new one.
  const isUntold = events.length === 0 && cause === 'other';
  const broken: Broken = {
    state: 'broken',
    message: `${calledObject(live)} is not ready`,
    evidence: [conditionEvidence(condition, dump), ...events],
    object,
    path: at,
    command: isUntold
      ? examined.commands.sync(live.namespace, live.name)
      : mending(words, live, { object, path: at }, examined),
  };
  return { cause, broken };
}

/** An entry that is missing is put; a permission is printed; of what is to be changed, more is shown. */
function mending(
  words: string,
  { namespace, name }: PlacedObject,
  at: Pick<Broken, 'object' | 'path'>,
  { commands, graph, secret, found }: Examined,
): string | undefined {
  const cause = syncCause(words);
  const entry = entryAt(graph, at);
  const isOfAws = entry?.store.aws !== undefined;
  if (cause === 'no permission' && isOfAws) return commands.own('iam');
  if (cause === 'another owner')
    return commands.kubectl('describe', 'secret', secret.name, '-n', namespace);
  if (cause === 'missing entry' && entry !== undefined && isOfAws) {
    const facts = found?.(entry);
    // It has come since: another try finds it.
    return facts !== undefined && isThere(facts)
      ? commands.sync(namespace, name)
      : commands.own('params put', entry.name);
  }
  return commands.kubectl('describe', 'externalsecret', name, '-n', namespace);
}

function entryAt(graph: SecretGraph, at: Pick<Broken, 'object' | 'path'>): RemoteEntry | undefined {
  return (entriesRead(graph).get(at.object) ?? []).find(({ use }) => isBelow(use.path, at.path))
    ?.entry;
}

/** The entries that each object of a graph reads. */
export const entriesRead: (
  graph: SecretGraph,
) => ReadonlyMap<
  PlacedObject,
  readonly { readonly entry: RemoteEntry; readonly use: RemoteEntry['uses'][number] }[]
> = oncePer((graph: SecretGraph) =>
  groupBy(
    remoteEntries(graph, new Set(graph.objects)).flatMap(entry =>
      entry.uses.map(use => ({ entry, use })),
    ),
    ({ use }) => use.object,
  ),
);
