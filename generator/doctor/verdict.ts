import type { ObjectName, Path } from '../core/finding.ts';
import { groupBy, isBelow } from '../core/json.ts';
import { inNamespace, isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../kinds/eso/external-secret-spec.ts';
import { failedEntry, SYNC_FAILED, type SyncCause, syncCause } from '../kinds/eso/group.ts';
import {
  type Condition,
  conditionOf,
  displayKind,
  type Kind,
  objectName,
  type PlacedObject,
} from '../kinds/kind.ts';
import { remoteEntries } from '../params/entries.ts';
import type { RemoteEntry } from '../params/entry.ts';
import { type Found, isThere } from '../params/facts.ts';
import type { Dump } from './dump.ts';
import type { Commands, ExpectedSecret } from './expected-secrets.ts';

/** Why an ExternalSecret of the cluster is not ready. */
interface SyncFault {
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

/** What a condition says. */
export function conditionEvidence(
  { type, status, reason, message, since }: Condition,
  dump: Dump,
): Evidence {
  const said = [`${type}=${status}`, reason].filter(text => text !== '').join(' ');
  const text = message === '' ? said : `${said}: ${message}`;
  return { kind: 'condition', text, age: dump.ageOf(since) };
}

/** The newest event of an object of which this holds. */
export function eventEvidence(
  of: ObjectName,
  dump: Dump,
  isMeant: (event: { readonly reason: string; readonly message: string }) => boolean,
): Evidence[] {
  const found = dump.eventsOf(of).find(isMeant);
  if (found === undefined) return [];
  const { reason, message, time } = found;
  return [{ kind: 'event', text: `${reason}: ${message}`, age: dump.ageOf(time) }];
}

/** An object that has to be there: broken only where all of its kind are in the dump. */
export function absence(
  kind: Kind,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  at: { readonly object: PlacedObject; readonly path: Path; readonly command?: string | undefined },
  dump: Dump,
  commands: Commands,
): Verdict {
  if (!dump.hasAll(kind, namespace)) return notDumped(kind, namespace, dump, commands);
  const called = `${kind.displayName ?? kind.kind} "${name}"`;
  if (isUnresolved(name) || (at.object.written !== undefined && kind !== coreSecret))
    return { state: 'unknown', because: `another tool decides what ${called} is called` };
  return {
    state: 'broken',
    message: `there is no ${called}${inNamespace(namespace)}`,
    evidence: [
      { kind: 'absence', text: `${dump.teller} lists every ${kind.kind}${inNamespace(namespace)}` },
    ],
    ...at,
  };
}

/** The same of an object of the manifests, as it is called in the cluster. */
export function absentObject(
  kind: Kind,
  object: PlacedObject,
  { dump, commands }: { readonly dump: Dump; readonly commands: Commands },
  called: { readonly namespace: string; readonly name: string } = object,
): Verdict {
  const at = { object, path: ['metadata', 'name'], command: commands.apply(object) };
  return absence(kind, called, at, dump, commands);
}

/** The command that shows an object with all that is said of it. */
export function describeCommand(
  { group, kind, namespace, name }: PlacedObject,
  { kubectl }: Commands,
): string | undefined {
  const called = `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
  return kubectl('describe', called, name, ...(namespace === '' ? [] : ['-n', namespace]));
}

/** That the objects of a kind were not shown, with the command that shows them or why they are not. */
export function notDumped(
  kind: Kind,
  namespace: string,
  dump: Dump,
  { kubectl }: Commands,
): NotKnown {
  const called =
    kind.group === '' ? kind.kind.toLowerCase() : `${kind.kind.toLowerCase()}.${kind.group}`;
  const where = namespace === '' ? [] : ['-n', namespace];
  const refused = dump.whyNot(kind, namespace);
  if (refused !== undefined)
    return {
      state: 'unknown',
      because: `no ${kind.kind}${inNamespace(namespace)} was shown: ${refused.why}`,
      ...(!refused.isDenied && { isPending: true }),
      command: kubectl('auth', 'can-i', 'list', called, ...where),
    };
  return {
    state: 'unknown',
    because: `${dump.teller} lists no ${kind.kind}${inNamespace(namespace)}`,
    command: kind === coreSecret ? undefined : kubectl('get', called, ...where, '-o', 'json'),
  };
}

/** A minute after it was made, an object that no controller has looked at is not only new. */
const NEW_SECONDS = 60;

/** Whether an object says that it is ready; without a condition no controller has looked at it. */
export function readiness(
  object: PlacedObject,
  dump: Dump,
): { readonly isReady: boolean | 'new'; readonly condition?: Condition } {
  const condition = conditionOf(object, 'Ready');
  if (condition !== undefined) return { isReady: condition.status === 'True', condition };
  const created = createdAt(object);
  const seconds = dump.secondsSince(created);
  return { isReady: seconds !== undefined && seconds > NEW_SECONDS ? false : 'new' };
}

/** When an object was made. */
export function createdAt({ json }: PlacedObject): string | undefined {
  const metadata: unknown = json.metadata;
  return typeof metadata === 'object' && metadata !== null && 'creationTimestamp' in metadata
    ? String(metadata.creationTimestamp)
    : undefined;
}

/** `ClusterSecretStore "aws"`. */
export function calledObject(object: PlacedObject): string {
  return `${displayKind(object)} "${object.name}"`;
}

/** A step on the way of a secret from its store to a program, in their order. */
export const LINKS = [
  'entry',
  'permission',
  'store',
  'external-secret',
  'secret',
  'keys',
  'pods',
  'restart',
  'cnpg',
  'push',
] as const;
export type LinkName = (typeof LINKS)[number];

/** What a look at one link gave; undefined: the way has no such link. */
export type Verdict = { readonly state: 'ok' } | NotKnown | Broken | undefined;

/** Nothing can be said: a reason, and the command that would show it. */
interface NotKnown {
  readonly state: 'unknown';
  /** Goes on after "because". */
  readonly because: string;
  /** It may be known in a while: something has not come to it yet. */
  readonly isPending?: true;
  readonly command?: string | undefined;
}

/** The secret gets no further. */
export interface Broken {
  readonly state: 'broken';
  /** One sentence without a full stop. */
  readonly message: string;
  /** What the dump says, in the words of those who said it. */
  readonly evidence: readonly Evidence[];
  /** The manifest that is about it, and the field. */
  readonly object: PlacedObject;
  readonly path: Path;
  /** What mends it, or what to look at next; absent: it would hold a name that no shell should see. */
  readonly command?: string | undefined;
}

/** Something that the cluster said. */
export interface Evidence {
  readonly kind: 'condition' | 'event' | 'status' | 'absence' | 'time' | 'policy';
  readonly text: string;
  /** How long before the newest time of the dump. */
  readonly age?: string | undefined;
}

/** A Secret that is expected, and where it is looked for. */
export interface Examined {
  readonly secret: ExpectedSecret;
  readonly graph: SecretGraph;
  readonly dump: Dump;
  readonly commands: Commands;
  /** What AWS says of an entry; absent: it was not asked. */
  readonly found?: ((entry: RemoteEntry) => Found | undefined) | undefined;
}

export const OK: Verdict = { state: 'ok' };

/** The first that is broken, or else the first that is not known. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(verdict => verdict?.state === 'broken') ??
    verdicts.find(verdict => verdict?.state === 'unknown') ??
    verdicts.find(verdict => verdict !== undefined)
  );
}
