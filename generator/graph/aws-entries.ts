import type { Path } from '../core/finding.ts';
import { groupBy, isMap, type JsonObject, listAt, mapAt, textAt, valueAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import type { Resource } from '../kinds/ack.ts';
import { selectsObject } from '../kinds/core/pod.ts';
import { callsOf } from '../kinds/eso/aws-calls.ts';
import { type BulkName, bulkNames, pushedKeySet } from '../kinds/eso/bulk-push.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import { type AwsCall, type AwsStore, type AwsUse, storeRefOf } from '../kinds/eso/stores.ts';
import type { KeySet, ObjectField, PlacedObject } from '../kinds/kind.ts';
import { type AwsEntry, awsName, awsReads, awsStores, awsTokens } from './aws-stores.ts';
import { isPermitted, type Permissions } from './iam.ts';
import { findSecret, type SecretGraph } from './secret-graph.ts';

/** An entry that is written to AWS. */
export interface AwsPush extends AwsEntry<AwsStore> {
  /** The Secret that is pushed; empty where labels choose it, or a generator makes it. */
  readonly secret: string;
  /** The keys of it that the entry holds; undefined: all, or not known. */
  readonly secretKeys?: readonly string[];
}

/** A push of all keys that a Secret has, of which nothing that is written here tells what they are. */
interface BulkPush {
  readonly object: PlacedObject;
  readonly store: AwsStore;
}

interface Pushes {
  readonly known: readonly AwsPush[];
  readonly unknown: readonly BulkPush[];
}

/** What is written to AWS, each entry for each store where it goes. */
export function awsPushes(graph: SecretGraph): readonly AwsPush[] {
  return pushesOf(graph).known;
}

/** What pushes in bulk to AWS, and cannot be told entry by entry (docs/facts/eso.md#bulk-pushes). */
export function awsBulkPushes(graph: SecretGraph): readonly BulkPush[] {
  return pushesOf(graph).unknown;
}

const pushesOf: (graph: SecretGraph) => Pushes = oncePer(graph => {
  const stores = awsStores(graph);
  const known: AwsPush[] = [];
  const unknown: BulkPush[] = [];
  let tries = 0;
  for (const push of stores.length === 0 ? [] : pushSpecs(graph)) {
    const { object, spec } = push;
    const [refs, dataTo] = [listAt(spec, 'secretStoreRefs'), listAt(spec, 'dataTo')];
    const keys = dataTo.length === 0 ? undefined : keysOf(push, graph);
    for (const store of stores.filter(one => refs.some(ref => isMeant(ref, one.object, object)))) {
      known.push(...pushedTo(store, push));
      tries += dataTo.length * (keys?.keys.size ?? 0);
      const bulk = dataTo.map((entry, index) =>
        tries > MOST_TRIES ? undefined : bulkTo(store, push, entry, ['dataTo', index], keys),
      );
      known.push(...bulk.flatMap(entries => entries ?? []));
      if (bulk.includes(undefined)) unknown.push({ object, store });
    }
  }
  return { known, unknown };
});

/** How many keys are held against entries of `dataTo` at most: thousands on thousands would take for ever. */
const MOST_TRIES = 200_000;

/** A PushSecret, or what makes them, and where its spec stands. */
interface PushSpec extends ObjectField {
  readonly spec: unknown;
}

function pushSpecs(graph: SecretGraph): PushSpec[] {
  return [...PUSH_SECRETS].flatMap(([kind, path]) =>
    graph.byKind(kind).map(object => ({ object, path, spec: valueAt(object.json, path) })),
  );
}

/** A reference names a store, or chooses stores by their labels. */
function isMeant(given: unknown, store: PlacedObject, from: PlacedObject): boolean {
  const ref = storeRefOf(given, []);
  if (ref?.kind !== store.kind) return false;
  if (store.namespace !== '' && from.namespace !== '' && store.namespace !== from.namespace)
    return false;
  if (ref.name !== '') return ref.name === store.name;
  const selector = isMap(given) ? given['labelSelector'] : undefined;
  return isMap(selector) && selectsObject(selector, store);
}

function pushedTo(store: AwsStore, push: PushSpec): AwsPush[] {
  return listAt(push.spec, 'data').flatMap((entry, index): AwsPush[] => {
    const remoteKey = textAt(entry, 'match', 'remoteRef', 'remoteKey');
    if (remoteKey === undefined) return [];
    const key = textAt(entry, 'match', 'secretKey');
    const name = { remoteKey, ...(key !== undefined && { secretKeys: [key] }) };
    return [pushed(store, push, entry, name, ['data', index, 'match', 'remoteRef', 'remoteKey'])];
  });
}

/** The keys of what is pushed: a Secret of the set, and what the template makes. */
function keysOf({ object, spec }: PushSpec, graph: SecretGraph): KeySet {
  const source = findSecret(graph, object.namespace, sourceOf(spec));
  return pushedKeySet(source, mapAt(spec, 'template'));
}

/** What an entry of `dataTo` writes to a store; undefined: not known. */
function bulkTo(
  store: AwsStore,
  push: PushSpec,
  entry: unknown,
  place: Path,
  keys: KeySet = { keys: new Set(), isOpen: true },
): AwsPush[] | undefined {
  const own = isMap(entry) ? entry['storeRef'] : undefined;
  if (isMap(own) && !isMeant(own, store.object, push.object)) return [];
  const names = bulkNames(entry, keys, push.spec);
  return names?.map(name => pushed(store, push, entry, name, place));
}

function pushed(
  store: AwsStore,
  { object, path, spec }: PushSpec,
  entry: unknown,
  { remoteKey, ...keys }: BulkName,
  place: Path,
): AwsPush {
  const metadata = mapAt(entry, 'metadata', 'spec');
  const isDeleting = textAt(spec, 'deletionPolicy') === 'Delete';
  return {
    object,
    path: [...path, ...place],
    store,
    namespace: object.namespace,
    uses: usesOf(metadata, isDeleting),
    name: awsName(store, remoteKey),
    metadata,
    secret: sourceOf(spec),
    ...keys,
  };
}

function sourceOf(spec: unknown): string {
  return textAt(spec, 'selector', 'secret', 'name') ?? '';
}

/** Parameter Store knows neither resource policies nor replicas, and has no calls for them. */
function usesOf(metadata: JsonObject, isDeleting: boolean): AwsUse[] {
  return [
    'push',
    ...(Object.keys(mapAt(metadata, 'tags')).length > 0 ? (['new tags'] as const) : []),
    isMap(metadata['resourcePolicy']) ? 'policy' : 'no policy',
    ...(Array.isArray(metadata['replicationLocations']) ? (['replicas'] as const) : []),
    ...(isDeleting ? (['delete'] as const) : []),
  ];
}

/** All that is read from AWS and written to it, and the tokens that generators get of it. */
export const awsEntries: (graph: SecretGraph) => readonly AwsEntry[] = oncePer(graph => [
  ...awsReads(graph),
  ...awsPushes(graph),
  ...awsTokens(graph),
]);

/** The same by the object that they are of. */
export const awsEntriesOf: (graph: SecretGraph) => ReadonlyMap<PlacedObject, readonly AwsEntry[]> =
  oncePer(graph => groupBy(awsEntries(graph), ({ object }) => object));

/** The calls that ESO makes for an entry, each once. */
export function callsFor({ store, uses }: AwsEntry): readonly AwsCall[] {
  const [use, ...more] = uses;
  if (use === undefined) return [];
  if (more.length === 0) return callsOf(store.service, use);
  const calls = uses.flatMap(name => callsOf(store.service, name));
  return calls.filter(
    ({ action, on }, index) => calls.findIndex(c => c.action === action && c.on === on) === index,
  );
}

/** An entry as a policy names it; Secrets Manager ends the ARN of a secret with six characters of its own. */
export function entryResources({ store: { service, region }, name = '' }: AwsEntry): Resource[] {
  if (service === 'ParameterStore')
    return [{ service: 'ssm', region, name: `parameter/${name.replace(/^\//, '')}` }];
  return [`secret:${name}-AbCdEf`, `secret:${name}`].map(secret => ({
    service: 'secretsmanager',
    region,
    name: secret,
  }));
}

/** The first call for a named entry that policies do not allow; undefined: they allow all. */
export function refusedCall(entry: AwsEntry, permissions: Permissions): string | undefined {
  const resources = entryResources(entry);
  return callsFor(entry).find(
    ({ action, on }) =>
      !(on === 'entry'
        ? resources.some(resource => isPermitted(permissions, action, resource))
        : isPermitted(permissions, action)),
  )?.action;
}
