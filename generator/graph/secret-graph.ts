import { oncePer } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import { copyingsOf, copySourceOf } from '../kinds/copiers.ts';
import { type ExternalSecret, targetPath } from '../kinds/eso/external-secret-spec.ts';
import type { Find, KeySet, Kind, Made, PlacedObject, Read } from '../kinds/kind.ts';
import type { Pod } from '../kinds/pods.ts';
import type { Versions } from '../kinds/products.ts';
import type { Outside, Standing } from '../world/object-set.ts';

/** What an object makes or reads, with the object, in its namespace unless it says another. */
export function placed<T extends Made | Read>(end: T, object: PlacedObject): Placed<T> {
  const { namespace = object.namespace } = end;
  return Object.assign({ object, namespace }, end, { namespace });
}

/** What an object makes or reads, and where. */
type Placed<T> = T & { readonly object: PlacedObject; readonly namespace: string };

/** The Secrets that an object makes by itself, without reading a store. */
export function makersOf(object: PlacedObject, find: Find): Maker[] {
  return (object.known?.makes?.(object, find) ?? []).map(made => placed(made, object));
}

/** The Secrets that an object reads, beside what its pods do. */
export function readersOf(object: PlacedObject): Reader[] {
  return (object.known?.reads?.(object) ?? []).map(read => placed(read, object));
}

/**
 * A read of a Secret wherever it is, at the only one of that name: which keys it has there is not
 * asked, since it may be another. Undefined: there is none, or more than one.
 */
export function settled(reader: Reader, homes: readonly SecretNode[]): Reader | undefined {
  const [home, second] = homes;
  if (home === undefined || second !== undefined) return undefined;
  const { object, secret, path, how } = reader;
  return { object, secret, path, how, namespace: home.namespace, isOptional: true };
}

/** What an ExternalSecret makes; with creationPolicy None nothing, with Merge keys of another's. */
export function externalSecretMakers(secret: ExternalSecret): Maker[] {
  const { object, namespace, target, creationPolicy, keys, type } = secret;
  if (creationPolicy === 'None') return [];
  return [
    {
      object,
      namespace,
      secret: target,
      path: targetPath(secret),
      ...(creationPolicy === 'Merge' && { isMerging: true }),
      ...(isShared(secret) && { isShared: true }),
      ...keys,
      ...(type !== undefined && { type }),
    },
  ];
}

/** It adds to what is there, or writes once and leaves what it wrote to others. */
function isShared({ creationPolicy, refresh: { policy, seconds } }: ExternalSecret): boolean {
  const isOnce = policy === 'CreatedOnce' || seconds === 0;
  return creationPolicy === 'CreateOrMerge' || (creationPolicy === 'Orphan' && isOnce);
}

/** How often a mirror may be one of a mirror. */
const LONGEST_CHAIN = 5;

/** Adds the Secrets that operators copy to named namespaces, and the keys that they fill mirrors with. */
export function addCopies(
  secrets: Map<string, GrowingNode>,
  mirrors: readonly PlacedObject[],
): void {
  for (const copy of [...secrets.values()].flatMap(copiesOf)) addMaker(secrets, copy);
  const filled = mirrors.filter(mirror => copySourceOf(mirror) !== undefined);
  for (let round = 0; round < LONGEST_CHAIN && filled.length > 0; round += 1)
    for (const mirror of filled) fillMirror(secrets, mirror);
}

/** Where a Secret of that name is already, none is made. */
function copiesOf({ makers, namespace: home, keys, isOpen }: GrowingNode): Maker[] {
  return makers.flatMap(maker =>
    copyingsOf(maker.object).flatMap(({ namespaces, path }) =>
      namespaces
        .filter(namespace => namespace !== home)
        .map(namespace => ({ ...maker, namespace, path, keys, isOpen, isShared: true as const })),
    ),
  );
}

function fillMirror(secrets: Map<string, GrowingNode>, mirror: PlacedObject): void {
  const source = copySourceOf(mirror);
  const node = secrets.get(secretId(mirror.namespace, mirror.name));
  if (source === undefined || node === undefined) return;
  const from = secrets.get(secretId(source.namespace, source.secret));
  addKeys(node, from?.keys ?? [], from?.isOpen ?? true);
}

/**
 * Who makes, reads and stands between the Secrets of a set of manifests: the one picture that
 * checks, reports and later commands look at. It holds names, never values.
 */
export interface SecretGraph {
  readonly objects: readonly PlacedObject[];
  readonly byKind: (kind: Kind) => readonly PlacedObject[];
  readonly find: Find;
  /** The Secrets that will exist, by `secretId`. */
  readonly secrets: ReadonlyMap<string, SecretNode>;
  readonly readers: readonly Reader[];
  readonly pods: readonly Pod[];
  readonly externalSecrets: readonly ExternalSecret[];
  /** What exists outside the set. */
  readonly outside: Outside;
  /** The folders of files that are applied as they are, by the numbers of the files. */
  readonly folders?: ReadonlyMap<number, string>;
  /** What has files applied, as `syncId` names it, by the numbers of the files. */
  readonly syncs?: ReadonlyMap<number, string>;
  /** What of files is known to be on one cluster, by their numbers; absent: all are. */
  readonly standings?: ReadonlyMap<number, Standing>;
  /** The schemas of kinds, as far as they are there, in the versions that run. */
  readonly validators: Validators;
  /** The versions that run, as far as they are told or installed by what is read. */
  readonly versions: Versions;
}

/** A Secret that will exist, with all keys that its makers give it. */
export interface SecretNode extends KeySet {
  readonly namespace: string;
  readonly name: string;
  /** None: it is declared as existing outside. */
  readonly makers: readonly Maker[];
}

/** What makes a Secret, or some keys of it. */
export interface Maker extends Made {
  readonly object: PlacedObject;
  readonly namespace: string;
}

/** A place that reads a Secret. */
export interface Reader extends Read {
  readonly object: PlacedObject;
  readonly namespace: string;
}

/** How a Secret is named in the graph. */
export function secretId(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** A node while makers are added to it: thousands may make one Secret. */
export interface GrowingNode extends SecretNode {
  readonly makers: Maker[];
  keys: ReadonlySet<string>;
  /** The keys of several makers; those of one are the maker's. */
  own?: Set<string>;
  isOpen: boolean;
}

/** Several makers of one Secret give it the keys of all. */
export function addMaker(secrets: Map<string, GrowingNode>, maker: Maker): void {
  const { namespace, secret: name, keys, isOpen } = maker;
  const id = secretId(namespace, name);
  const node = secrets.get(id);
  if (node === undefined) {
    secrets.set(id, { namespace, name, makers: [maker], keys, isOpen });
    return;
  }
  addKeys(node, keys, isOpen);
  node.makers.push(maker);
}

/** What a Secret holds besides. */
function addKeys(node: GrowingNode, keys: Iterable<string>, isOpen: boolean): void {
  node.own ??= new Set(node.keys);
  for (const key of keys) node.own.add(key);
  node.keys = node.own;
  node.isOpen ||= isOpen;
}

/** What makes a Secret whole: a merging maker only adds keys to it. */
export function wholeMakers(node: SecretNode | undefined): Maker[] {
  return (node?.makers ?? []).filter(({ isMerging }) => !isMerging);
}

/** Whether a Secret will exist: something makes it whole, or it is declared outside. */
export function isMade(node: SecretNode | undefined): boolean {
  return node !== undefined && (node.makers.length === 0 || wholeMakers(node).length > 0);
}

/** A Secret of the graph, or one that is declared outside; undefined when there is none. */
export function findSecret(
  graph: SecretGraph,
  namespace: string,
  name: string,
): SecretNode | undefined {
  const id = secretId(namespace, name);
  const node = graph.secrets.get(id);
  if (node !== undefined) return node;
  const { secrets } = graph.outside;
  const declared = [id, name].find(key => secrets.has(key));
  if (declared === undefined) return undefined;
  const keys = secrets.get(declared);
  return { namespace, name, makers: [], keys: new Set(keys), isOpen: keys === undefined };
}

/** Each spec once: a ClusterExternalSecret's counts for every namespace that it selects. */
export const eachSpec: (secrets: readonly ExternalSecret[]) => readonly ExternalSecret[] = oncePer(
  secrets => {
    const seen = new Set();
    return secrets.filter(({ object }) => !seen.has(object) && seen.add(object));
  },
);

/**
 * Of several objects that may be meant the one that is built along with what means it: environments of one
 * cluster have the same names.
 */
export function nearestTo(
  { file }: PlacedObject,
  all: readonly PlacedObject[],
): PlacedObject | undefined {
  return all.find(object => object.file === file) ?? all[0];
}
