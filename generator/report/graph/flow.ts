import type { ExternalSecret, StoreRef } from '../../graph/external-secrets.ts';
import { type Item, mapAt, textAt } from '../../graph/item.ts';
import { isFetched, refreshOf } from '../../graph/refresh.ts';
import {
  findSecret,
  type Maker,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
} from '../../graph/secret-graph.ts';
import type { ObjectName } from '../../source/finding.ts';
import { groupBy } from '../../source/group-by.ts';
import { hideSecrets } from '../../source/secret-text.ts';
import { type Pickup, pickups } from './pickup.ts';

/** Where the Secrets of one set of manifests come from and go to: names only, sorted. */
export interface Flow {
  /** The environment; empty when the manifests were named one by one. */
  readonly name: string;
  readonly secrets: readonly FlowSecret[];
}

/** A Secret that is made or read. */
export interface FlowSecret {
  readonly namespace: string;
  readonly name: string;
  /**
   * outside: declared as existing. missing: nothing makes it, and a reader cannot do without;
   * optional: all can.
   */
  readonly state: 'made' | 'outside' | 'missing' | 'optional';
  readonly keys: readonly string[];
  /** Whether there are more keys, whose names the manifests do not tell. */
  readonly isOpen: boolean;
  /** Keys that are read, and that no maker gives. */
  readonly missingKeys: readonly string[];
  readonly makers: readonly FlowMaker[];
  readonly readers: readonly FlowReader[];
}

/** An object that makes a Secret, or keys of it. */
export interface FlowMaker extends ObjectName {
  /** How often it is fetched anew; absent where nothing is fetched. */
  readonly refresh?: string;
  readonly sources: readonly FlowSource[];
}

/** A store, or a generator, and what is fetched there. */
interface FlowSource extends ObjectName {
  readonly remoteKeys: readonly string[];
}

/** An object that reads a Secret. */
export interface FlowReader extends ObjectName {
  readonly how: readonly string[];
  /** Absent: all keys. */
  readonly keys?: readonly string[];
  readonly pickup: Pickup;
}

/** Which flow is meant. */
export interface FlowOptions {
  /** The environment; absent when the manifests were named one by one. */
  readonly name?: string | undefined;
  /** The objects whose Secrets are shown: those of the environment, without its neighbours'. */
  readonly own: ReadonlySet<Item>;
}

/** The flow of every Secret that an own object makes or reads, with all its makers and readers. */
export function flowOf(graph: SecretGraph, { name = '', own }: FlowOptions): Flow {
  const readers = groupBy(graph.readers, read => secretId(read.namespace, read.secret));
  const external = groupBy(graph.externalSecrets, secret => secret.item);
  const pickupOf = pickups(graph);
  const secrets = [...new Set([...graph.secrets.keys(), ...readers.keys()])].flatMap(id => {
    const reads = readers.get(id) ?? [];
    const node = graph.secrets.get(id) ?? unmade(graph, reads);
    if (node === undefined || isInternal(node, reads)) return [];
    if (![...node.makers, ...reads].some(({ item }) => own.has(item))) return [];
    return [secretOf(node, reads, external, pickupOf)];
  });
  return { name: shown(name), secrets: sortBy(secrets, objectText) };
}

/** A node of the flow; a Secret that is nowhere has no keys. */
interface FlowNode extends SecretNode {
  readonly isNowhere?: boolean;
}

function unmade(graph: SecretGraph, [read]: readonly Reader[]): FlowNode | undefined {
  if (read === undefined) return undefined;
  const { namespace, secret: name } = read;
  const nowhere = { namespace, name, makers: [], keys: new Set<string>(), isOpen: false };
  return findSecret(graph, namespace, name) ?? { ...nowhere, isNowhere: true };
}

/** Certificates that a CNPG cluster makes for itself are noise unless something else reads them. */
function isInternal({ name, makers }: SecretNode, reads: readonly Reader[]): boolean {
  if (reads.length > 0 || makers.length === 0) return false;
  return makers.every(
    ({ item }) =>
      item.group === 'postgresql.cnpg.io' &&
      ['ca', 'server', 'replication'].some(suffix => name === `${item.name}-${suffix}`),
  );
}

function secretOf(
  node: FlowNode,
  reads: readonly Reader[],
  external: ReadonlyMap<Item, readonly ExternalSecret[]>,
  pickupOf: (reads: readonly Reader[], node: SecretNode) => Pickup,
): FlowSecret {
  const { keys, isOpen, makers } = node;
  const wanted = reads.flatMap(({ key, isOptional }) =>
    key === undefined || isOptional ? [] : [key],
  );
  const readers = [...groupBy(reads, ({ item }) => item)].map(([item, own]) => ({
    ...readerOf(item, own),
    pickup: pickupOf(own, node),
  }));
  return {
    namespace: shown(node.namespace),
    name: shown(node.name),
    state: stateOf(node, reads),
    keys: names(keys),
    isOpen,
    missingKeys: isOpen ? [] : names(wanted.filter(key => !keys.has(key))),
    makers: sortBy(
      makers.map(maker => makerOf(maker, external.get(maker.item) ?? [])),
      objectText,
    ),
    readers: sortBy(readers, objectText),
  };
}

function stateOf({ makers, isNowhere }: FlowNode, reads: readonly Reader[]): FlowSecret['state'] {
  if (makers.length > 0) return 'made';
  if (isNowhere !== true) return 'outside';
  return reads.every(({ isOptional }) => isOptional) ? 'optional' : 'missing';
}

function makerOf(
  { item, secret, namespace }: Maker,
  external: readonly ExternalSecret[],
): FlowMaker {
  const own = external.find(
    ({ target, namespace: home }) => target === secret && home === namespace,
  );
  const refresh = own === undefined ? undefined : refreshText(own);
  return {
    ...objectOf(item),
    ...(refresh !== undefined && { refresh }),
    sources: own === undefined ? [] : sourcesOf(own),
  };
}

/** In words; absent where nothing comes out of a store. */
function refreshText(secret: ExternalSecret): string | undefined {
  if (!isFetched(secret)) return undefined;
  const { policy, interval = '1h', seconds, isImmutable } = refreshOf(secret);
  if (isImmutable || policy === 'CreatedOnce') return 'once';
  if (policy === 'OnChange') return 'on change';
  return seconds === 0 ? 'once' : shown(interval);
}

function sourcesOf({ namespace, data, dataFrom }: ExternalSecret): FlowSource[] {
  const sources = new Map<string, { readonly source: ObjectName; readonly keys: Set<string> }>();
  const add = (source: ObjectName, key?: string): void => {
    const id = `${source.kind}/${source.name}`;
    const entry = sources.get(id) ?? { source, keys: new Set() };
    sources.set(id, entry);
    if (key !== undefined) entry.keys.add(key);
  };
  for (const { storeRef, key } of data) if (storeRef) add(storeName(storeRef, namespace), key);
  for (const { storeRef, generator, extract, spec } of dataFrom) {
    if (generator) add({ ...generator, namespace });
    else if (storeRef) add(storeName(storeRef, namespace), extract ?? found(mapAt(spec, 'find')));
  }
  const list = [...sources.values()].map(({ source, keys }) => ({
    ...shownObject(source),
    remoteKeys: names(keys),
  }));
  return sortBy(list, objectText);
}

function storeName({ kind, name }: StoreRef, namespace: string): ObjectName {
  return kind === 'ClusterSecretStore' ? { kind, name } : { kind, namespace, name };
}

/** What `find` looks for, as a pattern. */
function found(find: unknown): string {
  const path = textAt(find, 'path') ?? '';
  return `${path}${path === '' ? '' : '/'}*${textAt(find, 'name', 'regexp') ?? ''}*`;
}

function readerOf(item: Item, reads: readonly Reader[]): Omit<FlowReader, 'pickup'> {
  const isWhole = reads.some(({ key }) => key === undefined);
  return {
    ...objectOf(item),
    how: names(reads.map(({ how }) => how)),
    ...(!isWhole && { keys: names(reads.flatMap(({ key = [] }) => key)) }),
  };
}

function objectOf({ kind, namespace, name }: Item): ObjectName {
  return shownObject({ kind, ...(namespace !== '' && { namespace }), name });
}

function shownObject({ kind, namespace, name }: ObjectName): ObjectName {
  const home = namespace === undefined ? {} : { namespace: shown(namespace) };
  return { kind: shown(kind), ...home, name: shown(name) };
}

/** Any name may turn out to be a secret, or to hold characters that would move the cursor. */
function shown(name: string): string {
  return hideSecrets(name).replaceAll(/[\p{C}\u2028\u2029]/gu, '\uFFFD');
}

/** As they may be shown, sorted, each once. */
function names<T extends string>(list: Iterable<T>): string[] {
  return [...new Set([...list].map(shown))].sort();
}

/** What objects are sorted by. */
function objectText({ kind = '', namespace = '', name }: Partial<ObjectName>): string {
  return [namespace, kind, name].join('\0');
}

function sortBy<T>(list: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = list.map(item => ({ item, text: textOf(item) }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ item }) => item);
}
