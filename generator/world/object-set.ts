import { dirname } from 'node:path';
import type { ObjectName, Place } from '../core/finding.ts';
import { firstOfEach } from '../core/json.ts';
import type { BuiltObject } from '../core/kube-object.ts';
import type { IdlePatch, LostFolder, Unknown } from '../kinds/facets.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Versions } from '../kinds/products.ts';
import type { ObjectSource } from './source.ts';

/** The environment of a spec, or the cluster of several environments, that sources were built for. */
export interface MadeUnit {
  readonly name: string;
  readonly objects: readonly BuiltObject[];
  readonly versions: Versions;
}

/** Sources that one cluster will have together. */
export interface ManifestSet extends Pick<ObjectSet, 'outside' | 'standingOf'> {
  /** The part of a spec that they were built for; absent where the sources were named one by one. */
  readonly unit?: MadeUnit;
  /** Its files are not those that `expand` makes of the spec. */
  readonly isStale?: true;
  /** The cluster of a spec that several sets share: the same objects are outside of each. */
  readonly cluster?: string;
  readonly sources: readonly ObjectSource[];
  /** What is on the cluster too, and is checked elsewhere or not at all. */
  readonly context: readonly ObjectSource[];
  /** The sets of the other clusters. */
  readonly apart?: () => readonly ManifestSet[];
  /** How many units are reported, and how many of them deployment objects apply; absent: one, and none. */
  readonly units?: {
    readonly all: number;
    readonly applied: number;
    /** Those that are not judged, as no kustomization lists what applies them. */
    readonly unlisted: number;
  };
  /** `isTouched`: whether a source is reported, at least in part. `isShown`: whether a place in it is. Absent: all are. */
  readonly isTouched?: (source: ObjectSource) => boolean;
  readonly isShown?: (source: ObjectSource, placeOf: () => Place | undefined) => boolean;
  /** Whether any place in a source, by its number, can be one that is shown: this takes no time. */
  readonly mayShow?: (number: number) => boolean;
}

/** The sources of a set that are reported; of a set that is reported whole, its context too. */
export function shownSources(set: ManifestSet): readonly ObjectSource[] {
  return set.isShown === undefined ? [...set.sources, ...set.context] : touchedSources(set);
}

/** All objects of the sources that are reported, whole or in part. */
export function shownObjects(set: ManifestSet): PlacedObject[] {
  return touchedSources(set).flatMap(({ objects }) => objects);
}

/** The sources of a set that are reported, whole or in part. */
export function touchedSources({ sources, isTouched }: ManifestSet): readonly ObjectSource[] {
  return isTouched === undefined ? sources : sources.filter(isTouched);
}

export function objectsOf({ sources, context, outside, standingOf }: ManifestSet): ObjectSet {
  const all = [...sources, ...context];
  const unknowns = all.flatMap(({ number, unknowns: found = [] }) =>
    found.map(unknown => ({ ...unknown, file: number })),
  );
  const asTheyAre = firstOfEach(
    sources.filter(({ isBuilt }) => !isBuilt),
    ({ file }) => file,
  );
  return {
    objects: sources.flatMap(({ objects }) => objects),
    context: context.flatMap(({ objects }) => objects),
    outside: {
      ...outside,
      ...(unknowns.length > 0 && { unknowns }),
      lost: sources.flatMap(source => source.lost ?? []),
      idle: sources.flatMap(({ idle = [], objects: [object] }) =>
        object === undefined ? [] : idle.map(patch => ({ ...patch, object })),
      ),
    },
    folders: new Map(asTheyAre.map(({ number, file }) => [number, dirname(file)])),
    syncs: new Map(
      all.flatMap(({ number, sync }) => (sync === undefined ? [] : [[number, sync] as const])),
    ),
    ...(standingOf && { standingOf }),
  };
}

/** The objects that one graph joins. */
export interface ObjectSet {
  readonly objects: readonly PlacedObject[];
  /** Objects that are on the cluster too and are checked elsewhere; the set's objects win over them. */
  readonly context: readonly PlacedObject[];
  readonly outside: Outside;
  /** The folders of files that are applied as they are, by the numbers of the files. */
  readonly folders?: ReadonlyMap<number, string>;
  /** The `syncId` of the deployment object that applies a file, by the numbers of the files. */
  readonly syncs?: ReadonlyMap<number, string>;
  /** How each file comes to the cluster, by their numbers; absent: all come in the same way. */
  readonly standingOf?: ReadonlyMap<number, Standing>;
}

/** Whether a deployment object applies a file here, nobody does (`loose`), or it may be on another cluster. */
export type Standing = 'applied' | 'loose' | 'elsewhere';

/** What exists besides the objects of a set: what a user declares, and what was not read. */
export interface Outside {
  /** `namespace/name` or, in any namespace, `name` → its keys; undefined: not known. */
  readonly secrets: ReadonlyMap<string, readonly string[] | undefined>;
  readonly objects: ReadonlySet<string>;
  /** The environments of a spec on this cluster, by namespace, with the prefixes of its AWS stores by their names. */
  readonly environments?: ReadonlyMap<
    string,
    { readonly name: string; readonly prefixes: ReadonlyMap<string, string> }
  >;
  /** The entries of stores, where somebody has listed them. */
  readonly inventory?: Inventory;
  /** Says what makes a Secret on another cluster, where nothing reads it. */
  readonly elsewhere?: (namespace: string, secret: string) => string | undefined;
  /** Says which file tells people to make a Secret by hand. */
  readonly byHand?: (namespace: string, secret: string) => string | undefined;
  /** What was not read or not made: the objects that it may hold are not known to be absent. */
  readonly unknowns?: readonly Unknown[];
  /** Folders that deployment objects seem to name by mistake. */
  readonly lost?: readonly (LostFolder & { readonly object: PlacedObject })[];
  /** Patches of kustomizations that are laid over nothing. */
  readonly idle?: readonly (IdlePatch & { readonly object: PlacedObject })[];
}

/** Entries by `ClusterSecretStore/name` and `SecretStore/namespace/name`, `*` for any characters; `true`: unknown. */
export type Inventory = Readonly<Record<string, StoreEntries>>;

export type StoreEntries = Readonly<Record<string, true | readonly string[]>>;

/** Whether an object is declared to exist, in its namespace or in any. */
export function isDeclared(
  { objects }: Outside,
  kind: string,
  { namespace, name }: Pick<ObjectName, 'namespace' | 'name'>,
): boolean {
  return objects.has(`${kind}/${name}`) || objects.has(`${kind}/${namespace}/${name}`);
}

export const nothingOutside: Outside = { secrets: new Map(), objects: new Set() };

/** The id of a deployment object, or of one that it makes: an Application of an ApplicationSet. */
export function syncId({ kind, namespace }: PlacedObject, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}
