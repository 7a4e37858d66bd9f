import { dirname } from 'node:path';
import type { Place } from '../../ground/finding.ts';
import type { BuiltObject } from '../../ground/kube-object.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Versions } from '../../kinds/products.ts';
import type { ObjectSet, Outside, Standing } from './object-set.ts';
import type { ObjectSource } from './parse-source.ts';

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
