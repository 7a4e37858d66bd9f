import { oncePer } from '../ground/once-per.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import type { Find, Kind, ObjectField, PlacedObject } from '../kinds/kind.ts';
import type { Pod } from '../kinds/pods.ts';
import type { Versions } from '../kinds/products.ts';
import type { KeySet, Made, Read } from '../kinds/secret-ends.ts';
import type { Outside, Standing } from '../read/sets/object-set.ts';

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

/** Another end of what is said of an object. */
export interface RelatedField extends ObjectField {
  readonly note: string;
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
export function addKeys(node: GrowingNode, keys: Iterable<string>, isOpen: boolean): void {
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
