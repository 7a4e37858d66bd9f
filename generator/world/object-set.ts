import { dirname } from 'node:path';
import type { ObjectName, Place } from '../core/finding.ts';
import type { BuiltObject } from '../core/kube-object.ts';
import type { LostFolder, Unknown } from '../kinds/deployment-ends.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Versions } from '../kinds/products.ts';
import type { ObjectSource } from './source.ts';

/** The environment of a spec, or the cluster of several, that sources were built for. */
export interface MadeUnit {
  readonly name: string;
  /** The objects that the spec says, each with the entry that it comes from. */
  readonly objects: readonly BuiltObject[];
  readonly versions: Versions;
}

/** Sources that one cluster will have together, and what else is known of it. */
export interface ManifestSet {
  /** What a spec has them built for; absent when the sources were named one by one. */
  readonly unit?: MadeUnit;
  /** The cluster of a spec that it shares with other sets: to all of them the same is outside. */
  readonly cluster?: string;
  readonly sources: readonly ObjectSource[];
  /** Sources of other sets, which are there too. */
  readonly context: readonly ObjectSource[];
  readonly outside: Outside;
  /** What of the sources is known to be on one cluster, by their numbers; absent: all are. */
  readonly standings?: ReadonlyMap<number, Standing>;
  /** What other clusters have, each as a set. */
  readonly apart?: () => readonly ManifestSet[];
  /** How many units are to be told of, and how many of them deployment objects apply; absent: one, and none. */
  readonly units?: { readonly all: number; readonly applied: number };
  /** Whether what stands in a source, at a place, is to be told; absent: all is. */
  readonly isTouched?: (source: ObjectSource) => boolean;
  readonly isShown?: (source: ObjectSource, at: Place | undefined) => boolean;
}

/** The sources of a set that are to be told of, whole or in part. */
export function shownSources({
  sources,
  context,
  isShown,
  isTouched,
}: ManifestSet): ObjectSource[] {
  return isShown === undefined
    ? [...sources, ...context]
    : sources.filter(source => isTouched?.(source) ?? true);
}

/** The objects of a set that are to be told of, with those beside them in what one tool applies. */
export function shownObjects({ sources, isTouched }: ManifestSet): PlacedObject[] {
  return sources
    .filter(source => isTouched?.(source) ?? true)
    .flatMap(({ objects }) => [...objects]);
}

/** The objects of a set. */
export function objectsOf({ sources, context, outside, standings }: ManifestSet): ObjectSet {
  const unknowns = [...sources, ...context].flatMap(unknownsOf);
  return {
    objects: sources.flatMap(({ objects }) => [...objects]),
    context: context.flatMap(({ objects }) => [...objects]),
    outside: {
      ...outside,
      ...(unknowns.length > 0 && { unknowns }),
      lost: sources.flatMap(source => source.lost ?? []),
    },
    folders: foldersOf(sources),
    syncs: new Map([...sources, ...context].flatMap(syncOf)),
    ...(standings && { standings }),
  };
}

function syncOf({ number, sync }: ObjectSource): [number, string][] {
  return sync === undefined ? [] : [[number, sync]];
}

function unknownsOf({ number, unknowns = [] }: ObjectSource): Unknown[] {
  return unknowns.map(unknown => ({ ...unknown, file: number }));
}

/** Of a file that is applied twice the first counts: it is no neighbour of itself. */
function foldersOf(sources: readonly ObjectSource[]): ReadonlyMap<number, string> {
  const asTheyAre = sources.filter(({ isBuilt }) => !isBuilt).reverse();
  const first = new Map(asTheyAre.map(({ file, number }) => [file, number]));
  return new Map([...first].map(([file, number]) => [number, dirname(file)]));
}

/** Objects that are looked at together, as one cluster will have them. */
export interface ObjectSet {
  readonly objects: readonly PlacedObject[];
  /** Objects that are there too and are looked at elsewhere; the set's own go before them. */
  readonly context: readonly PlacedObject[];
  readonly outside: Outside;
  /** The folders of files that are applied as they are, by the numbers of the files. */
  readonly folders?: ReadonlyMap<number, string>;
  /** What has files applied, as `syncId` names it, by the numbers of the files. */
  readonly syncs?: ReadonlyMap<number, string>;
  /** What of files is known to be on one cluster, by their numbers; absent: all are. */
  readonly standings?: ReadonlyMap<number, Standing>;
}

/**
 * Whether a deployment object has a file's objects applied here, nobody has, or they may be on another
 * cluster: what stands otherwise than another need never meet it.
 */
export type Standing = 'applied' | 'loose' | 'elsewhere';

/** What exists outside the checked set, by declaration. */
export interface Outside {
  /** `namespace/name` or, in any namespace, `name` → its keys; undefined: not known. */
  readonly secrets: ReadonlyMap<string, readonly string[] | undefined>;
  /** `Kind/namespace/name`, or `Kind/name` for the cluster's own and in any namespace. */
  readonly objects: ReadonlySet<string>;
  /** What is in the stores, where somebody has listed it. */
  readonly inventory?: Inventory;
  /** What of another cluster makes a Secret, for somebody else than those who are there: as a reason. */
  readonly elsewhere?: (namespace: string, secret: string) => string | undefined;
  /** What was not read, or not made: nothing that it may have is known to be absent. */
  readonly unknowns?: readonly Unknown[];
  /** Folders that deployment objects name by mistake, it seems. */
  readonly lost?: readonly (LostFolder & { readonly object: PlacedObject })[];
}

/**
 * The entries of stores, by `ClusterSecretStore/name` and `SecretStore/namespace/name`: names as the
 * provider has them, `*` for any characters, with the properties of their JSON; `true`: not known.
 */
export type Inventory = Readonly<Record<string, StoreEntries>>;

/** All entries of one store. */
export type StoreEntries = Readonly<Record<string, true | readonly string[]>>;

/** Whether an object is declared to be there: one of its namespace, or of that name in any. */
export function isDeclared(
  { objects }: Outside,
  kind: string,
  { namespace, name }: Pick<ObjectName, 'namespace' | 'name'>,
): boolean {
  return objects.has(`${kind}/${name}`) || objects.has(`${kind}/${namespace}/${name}`);
}

export const nothingOutside: Outside = { secrets: new Map(), objects: new Set() };

/** Tells a deployment object from others: one of those that a set makes by its own name. */
export function syncId({ kind, namespace }: PlacedObject, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}
