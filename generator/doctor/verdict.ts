import { dirname } from 'node:path';
import type { ObjectName } from '../core/finding.ts';
import { groupBy, isBelow, mapAt, textAt } from '../core/json.ts';
import { inNamespace, isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { hideSecrets } from '../core/secret-text.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { applicationStatus, argoApplication, isBehind } from '../kinds/argocd/application.ts';
import type { ClusterEvent } from '../kinds/core/pod.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../kinds/eso/external-secret-spec.ts';
import {
  failedEntry,
  failedTemplateKey,
  isGeneral,
  lacksProperty,
  SYNC_FAILED,
  type SyncCause,
  syncCause,
} from '../kinds/eso/group.ts';
import { storeOf } from '../kinds/eso/stores.ts';
import type { Condition, Kind, ObjectField, PlacedObject } from '../kinds/kind.ts';
import { conditionOf, displayKind, objectName } from '../kinds/kind.ts';
import { remoteEntries } from '../params/entries.ts';
import { type Found, isThere, type RemoteEntry } from '../params/entry.ts';
import type { ManifestFlags } from '../shell/flags.ts';
import type { ManifestSet } from '../world/object-set.ts';
import { type Dump, type ExpectedSecret, secondsBetween } from './dump.ts';
import type { LookFlags } from './read-cluster.ts';

export interface Examined {
  readonly secret: ExpectedSecret;
  readonly graph: SecretGraph;
  readonly dump: Dump;
  readonly commands: Commands;
  readonly found?: ((entry: RemoteEntry) => Found | undefined) | undefined;
}

type Seen = Pick<Examined, 'dump' | 'commands'>;

/** What the check of one link found; undefined: the Secret has no such link. */
export type Verdict = Checked | undefined;

export interface Checked {
  /** `broken`: the secret stops here. `unknown`: nothing can be said. `blocked`: an earlier link is broken. */
  readonly state: 'ok' | 'broken' | 'unknown' | 'blocked';
  /** What is broken; of `unknown` the reason, as a clause that follows "because". */
  readonly message?: string;
  /** What the cluster says, in the words of those who said it. */
  readonly evidence: readonly Evidence[];
  /** The field of the manifests that breaks it. */
  readonly cause?: ObjectField;
  /** The command that repairs it or shows more; absent if a name in it is not safe for a shell. */
  readonly command?: string | undefined;
  /** It may be known in a while: a controller has not looked at the object yet. */
  readonly isPending?: boolean;
}

export interface Evidence {
  readonly kind: 'condition' | 'event' | 'status' | 'absence' | 'time' | 'policy';
  readonly text: string;
  /** How long before the newest time of the dump. */
  readonly age?: string | undefined;
}

export const OK: Checked = { state: 'ok', evidence: [] };

export function broken(
  message: string,
  evidence: readonly Evidence[],
  cause: ObjectField,
  command?: string,
): Checked {
  return { state: 'broken', message, evidence, cause, command };
}

/** Nothing can be said, for a reason that does not pass. */
export function unknown(message: string, command?: string): Checked {
  return { state: 'unknown', message, evidence: [], command };
}

export function pending(message: string, command?: string): Checked {
  return { ...unknown(message, command), isPending: true };
}

/** The first that is broken, or else the first that is not known. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(verdict => verdict?.state === 'broken') ??
    verdicts.find(verdict => verdict?.state === 'unknown') ??
    verdicts.find(verdict => verdict !== undefined)
  );
}

/** The object in the cluster that an ExternalSecret of the manifests became. */
export function liveExternalSecret(external: ExternalSecret, dump: Dump): PlacedObject | undefined {
  return dump.find(externalSecret, external.namespace, ownName(external.object));
}

/** Why an ExternalSecret is not ready, by its condition or, where that is too general, by an event. */
export function syncFault(
  external: ExternalSecret,
  examined: Examined,
): { readonly cause: SyncCause; readonly broken: Checked } | undefined {
  const { dump, commands } = examined;
  const live = liveExternalSecret(external, dump);
  if (live === undefined) return undefined;
  const { condition, isReady } = readiness(live, dump);
  if (condition === undefined || isReady === true) return undefined;
  const evidence = readyEvidence(live, condition, SYNC_FAILED, dump);
  const event = evidence[1];
  const words = event?.text ?? condition.message;
  const cause = syncCause(words);
  const at = placeOfFault(words, cause, external, examined.graph);
  // Where the event with the cause has expired, another try makes a new one.
  const isUnexplained = event === undefined && isGeneral(condition.message);
  const command = isUnexplained
    ? commands.refetch(live.namespace, live.name)
    : repairCommand(cause, live, { external, ...at }, examined);
  const missing = cause === 'missing entry' ? missingWords(words, at, examined) : undefined;
  const message = missing ?? `${calledObject(live)} is not ready`;
  return { cause, broken: broken(message, evidence, at, command) };
}

/** A message such as `1Password has no item "shop"`; undefined if several entries could be meant. */
function missingWords(words: string, at: ObjectField, { graph }: Examined) {
  const [read, ...others] = entriesIn(at, graph);
  if (read?.entry.store.providerKind === undefined || others.length > 0) return undefined;
  const { entry, use } = read;
  const { title, entry: noun, property = 'property' } = read.entry.store.providerKind;
  if (!lacksProperty(words)) return `${title} has no ${noun} "${entry.name}"`;
  return `the ${noun} "${entry.name}" of ${title} has no ${property} "${use.property ?? 'password'}"`;
}

/** The field that the words are about: an entry, a key of the template, or what the store does not admit. */
function placeOfFault(words: string, cause: SyncCause, secret: ExternalSecret, graph: SecretGraph) {
  const { object, path, namespace, spec, data, dataFrom } = secret;
  const [store] = [...data, ...dataFrom]
    .flatMap(({ storeRef }) => storeRef ?? [])
    .filter(({ name }) => words.includes(`"${name}"`))
    .flatMap(ref => storeOf(graph.find, ref, namespace) ?? []);
  if (cause === 'not admitted' && store !== undefined)
    return { object: store, path: ['spec', 'conditions'] };
  const entry = failedEntry(words);
  if (entry !== undefined) return { object, path: [...path, ...entry] };
  if (cause === 'immutable') return { object, path: [...path, 'target', 'immutable'] };
  const key = failedTemplateKey(words) ?? '';
  return Object.hasOwn(mapAt(spec, 'target', 'template', 'data'), key)
    ? { object, path: [...path, 'target', 'template', 'data', key] }
    : { object, path: ['metadata', 'name'] };
}

/** The command that puts a missing entry or prints a missing permission; for other causes one that shows the object. */
function repairCommand(
  cause: SyncCause,
  live: PlacedObject,
  fault: ObjectField & { readonly external: ExternalSecret },
  examined: Examined,
): string | undefined {
  const { commands, secret, graph, found } = examined;
  const { namespace, name } = live;
  if (cause === 'not admitted') return commands.describe(fault.object);
  if (cause === 'immutable' || cause === 'another owner') {
    // Nothing changes an immutable Secret. Its owner makes it anew once it is gone.
    const isMadeAnew = cause === 'immutable' && fault.external.creationPolicy === 'Owner';
    const verb = isMadeAnew ? 'delete' : 'describe';
    return commands.kubectl(verb, 'secret', secret.name, '-n', namespace);
  }
  const read = entriesIn(fault, graph)[0]?.entry;
  const entry = cause === 'other' || read?.store.aws === undefined ? undefined : read;
  if (entry === undefined)
    return commands.kubectl('describe', 'externalsecret', name, '-n', namespace);
  if (cause === 'no permission') return commands.remSecrets('iam');
  const facts = found?.(entry);
  // The entry has been put since: another try finds it.
  return facts !== undefined && isThere(facts)
    ? commands.refetch(namespace, name)
    : commands.remSecrets('params put', entry.name);
}

type EntryRead = { readonly entry: RemoteEntry; readonly use: RemoteEntry['uses'][number] };

function entriesIn({ object, path }: ObjectField, graph: SecretGraph): readonly EntryRead[] {
  return (entriesRead(graph).get(object) ?? []).filter(({ use }) => isBelow(use.path, path));
}

/** The entries that each object of a graph reads. */
export const entriesRead: (graph: SecretGraph) => ReadonlyMap<PlacedObject, readonly EntryRead[]> =
  oncePer((graph: SecretGraph) => {
    const entries = remoteEntries(graph, new Set(graph.objects));
    const read = entries.flatMap(entry => entry.uses.map(use => ({ entry, use })));
    return groupBy(read, ({ use }) => use.object);
  });

/** Why an object is not ready; `event` is the reason of events with the cause, if its condition lacks it. */
export function readyEvidence(
  live: PlacedObject,
  condition: Condition,
  event: string,
  dump: Dump,
): Evidence[] {
  const events = isGeneral(condition.message)
    ? eventEvidence(objectName(live), dump, condition.since, ({ reason }) => reason === event)
    : [];
  return [conditionEvidence(condition, dump), ...events];
}

export function conditionEvidence(condition: Condition, dump: Dump): Evidence {
  const { type, status, reason, message, since } = condition;
  const state = [`${type}=${status}`, reason].filter(text => text !== '').join(' ');
  const text = message === '' ? state : `${state}: ${message}`;
  return { kind: 'condition', text, age: dump.ageOf(since) };
}

/** In seconds: an event is written just before the condition that it explains, and clocks differ. */
const BEFORE = 5;

/** The newest event of an object that passes a test, unless it is older than the present state. */
export function eventEvidence(
  object: ObjectName,
  dump: Dump,
  since: string | undefined,
  test: (event: ClusterEvent) => boolean,
): Evidence[] {
  const event = dump.eventsOf(object).find(test);
  if (event === undefined || (secondsBetween(event.time, since) ?? 0) > BEFORE) return [];
  const { reason, message, time } = event;
  return [{ kind: 'event', text: `${reason}: ${message}`, age: dump.ageOf(time) }];
}

/** A field that breaks a link, and the command that repairs it. */
export type Mendable = ObjectField & Pick<Checked, 'command'>;

type Named = Pick<PlacedObject, 'namespace' | 'name'>;

/** The verdict on an object that was not found: broken only if the dump has all objects of its kind. */
export function absence(kind: Kind, named: Named, at: Mendable, examined: Seen): Verdict {
  const { namespace, name } = named;
  const { dump } = examined;
  if (!dump.hasAll(kind, namespace)) return notListed(kind, namespace, examined);
  const called = `${kind.displayName ?? kind.kind} "${name}"`;
  if (isUnresolved(name) || (at.object.written !== undefined && kind !== coreSecret))
    return unknown(`another tool decides what ${called} is called`);
  const where = inNamespace(namespace);
  const text = `${dump.title} lists every ${kind.kind}${where}`;
  return broken(`there is no ${called}${where}`, [{ kind: 'absence', text }], at, at.command);
}

/** Like `absence`, for an object of the manifests; its name in the cluster may differ. */
export function absentObject(object: PlacedObject, examined: Seen, live: Named = object): Verdict {
  const { knownKind: kind } = object;
  if (kind === undefined) return undefined;
  const command = applyCommand(object, examined);
  const gone = absence(kind, live, { object, path: ['metadata', 'name'], command }, examined);
  const applier = applierOf(object, examined.dump);
  if (gone?.state !== 'broken' || applier === undefined) return gone;
  const { sync, errors } = applicationStatus(applier);
  const [error = sync] = errors;
  const text = `${calledObject(applier)}: ${error}`;
  return { ...gone, evidence: [...gone.evidence, { kind: 'status', text }] };
}

/** The command that applies an object: kubectl, or a sync of the Application that should apply it. */
export function applyCommand(object: PlacedObject, { dump, commands }: Seen): string | undefined {
  const applier = applierOf(object, dump);
  if (applier === undefined) return commands.apply(object);
  if (applicationStatus(applier).errors.length > 0) return commands.describe(applier);
  return commands.sync(applier);
}

/** The Application that has not applied an object, or that could not say whether it has to. */
function applierOf(object: PlacedObject, dump: Dump): PlacedObject | undefined {
  const all = dump.byKind(argoApplication);
  const failed = all.filter(
    application =>
      applicationStatus(application).errors.length > 0 &&
      textAt(application.json, 'spec', 'destination', 'namespace') === object.namespace,
  );
  return all.find(application => isBehind(application, object)) ?? failed[0];
}

function resourceName({ group, kind }: Pick<Kind, 'group' | 'kind'>): string {
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
}

/** The namespace flag of kubectl; none for objects without a namespace. */
export function namespaceFlag(namespace: string): string[] {
  return namespace === '' ? [] : ['-n', namespace];
}

/** Unknown, because the dump has no list of a kind; the command shows the list, or why it was refused. */
export function notListed(kind: Kind, namespace: string, { dump, commands }: Seen): Verdict {
  const { kubectl } = commands;
  const flag = namespaceFlag(namespace);
  const refused = dump.whyNot(kind, namespace);
  const objects = `${kind.kind}${inNamespace(namespace)}`;
  if (refused !== undefined) {
    const verdict = refused.isDenied ? unknown : pending;
    const command = kubectl('auth', 'can-i', 'list', resourceName(kind), ...flag);
    return verdict(`no ${objects} was shown: ${refused.why}`, command);
  }
  return unknown(
    `${dump.title} lists no ${objects}`,
    kind === coreSecret ? undefined : kubectl('get', resourceName(kind), ...flag, '-o', 'json'),
  );
}

/** How long an object without a condition counts as new; later no controller looks at it. */
const NEW_SECONDS = 60;

/** Whether an object says that it is ready; without a condition no controller has looked at it. */
export function readiness(
  object: PlacedObject,
  dump: Dump,
): { readonly isReady: boolean | 'new'; readonly condition?: Condition } {
  const condition = conditionOf(object, 'Ready');
  if (condition !== undefined) return { isReady: condition.status === 'True', condition };
  return { isReady: (dump.secondsSince(createdAt(object)) ?? 0) > NEW_SECONDS ? false : 'new' };
}

export function createdAt({ json }: PlacedObject): string | undefined {
  return textAt(json, 'metadata', 'creationTimestamp');
}

/** `ClusterSecretStore "aws"`. */
export function calledObject(object: PlacedObject): string {
  return `${displayKind(object)} "${object.name}"`;
}

/** Commands for people to paste; undefined if a name in one is not safe for a shell. */
export interface Commands {
  readonly kubectl: (...words: readonly string[]) => string | undefined;
  readonly remSecrets: (part: string, ...words: readonly string[]) => string | undefined;
  /** Has External Secrets fetch an ExternalSecret once more (docs/facts/eso.md#refresh). */
  readonly refetch: (namespace: string, name: string) => string | undefined;
  /** Makes a Secret from files named like its keys, so that the command has no value in it. */
  readonly create: (namespace: string, name: string, keys: readonly string[]) => string | undefined;
  readonly describe: (object: PlacedObject) => string | undefined;
  readonly apply: (object: PlacedObject) => string | undefined;
  readonly sync: (application: PlacedObject) => string | undefined;
}

type Examination = Pick<ManifestFlags & LookFlags, 'environment' | 'paths' | 'context'>;

/** The commands for the cluster that was examined: with the context of kubectl, if a flag names one. */
export function commandsFor(
  { environment, paths, context }: Examination,
  sets: readonly ManifestSet[],
): Commands {
  const all = sets.flatMap(set => [...set.sources, ...set.context]);
  const byNumber = new Map(all.map(source => [source.number, source]));
  const flags = context === undefined ? [] : ['--context', context];
  const kubectl: Commands['kubectl'] = (...words) => commandOf('kubectl', [...flags, ...words]);
  return {
    kubectl,
    remSecrets: (part, ...words) => {
      const named = part.startsWith('params') ? ['--manifests', ...paths] : paths;
      const which = paths.length > 0 ? named : environment === undefined ? [] : ['-e', environment];
      return commandOf(`rem-secrets ${part}`, [...words, ...which]);
    },
    refetch: (namespace, name) =>
      kubectl('annotate', 'externalsecret', name, '-n', namespace, NOW, '--overwrite'),
    create: (namespace, name, keys) => {
      const files = [...new Set(keys)].sort().map(key => `--from-file=${key}=${key}`);
      return kubectl('create', 'secret', 'generic', name, '-n', namespace, ...files);
    },
    describe: ({ group, kind, namespace, name }) =>
      kubectl('describe', resourceName({ group, kind }), name, ...namespaceFlag(namespace)),
    apply: object => {
      const { file = 'stdin', isBuilt } = byNumber.get(object.file) ?? {};
      if (file === 'stdin') return undefined;
      return isBuilt ? kubectl('apply', '-k', dirname(file)) : kubectl('apply', '-f', file);
    },
    sync: ({ namespace, name }) =>
      commandOf('argocd', ['app', 'sync', namespace === 'argocd' ? name : `${namespace}/${name}`]),
  };
}

/** Words without a meaning to a shell; the only flags are those listed here. */
const WORD = /^[\w./-][\w./:@%+,=-]{0,400}$/;
const FLAGS =
  /^(-[nekflo]|--(all-namespaces|context|overwrite|manifests|show-managed-fields|from-file=[\w./=-]{1,200}))$/;

/** The time at which the command is pasted. */
const NOW = 'force-sync=$(date +%s)';

function commandOf(program: string, words: readonly string[]): string | undefined {
  const isPlain = (word: string): boolean =>
    WORD.test(word) && (!word.startsWith('-') || FLAGS.test(word)) && hideSecrets(word) === word;
  const areAllPlain = words.every(word => word === NOW || isPlain(word));
  return areAllPlain ? [program, ...words].join(' ') : undefined;
}
