import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { declaredOutside } from '../../read/sets/declared-outside.ts';
import { type ManifestSet, objectsOf } from '../../read/sets/manifest-set.ts';
import { nothingOutside, type ObjectSet } from '../../read/sets/object-set.ts';
import { areTogether } from '../../read/sets/spec-sets.ts';
import { causeIn } from './cause.ts';
import type { Folder, Settings } from './settings.ts';
import {
  type EnvironmentSources,
  partsOf,
  type SideOptions,
  type SideSources,
} from './side-parts.ts';
import { type SideSpec, specOf } from './side-spec.ts';

/** One side of a diff: its environments, read and built. */
export interface Side {
  readonly environments: ReadonlyMap<string, SideEnvironment>;
  /** The spec that it comes from, if it is one that holds. */
  readonly spec?: SpecObject;
  /** Where a field stands; in a spec, what differs from the other side's. */
  readonly placesBeside: (other: SpecObject | undefined) => FieldPlace;
  /** The files that its objects come from. */
  readonly files: ReadonlySet<string>;
  /** Files that were skipped. */
  readonly notices: readonly Finding[];
}

export interface SideEnvironment {
  readonly set: ObjectSet;
  /** What could not be read; then the set is not whole. */
  readonly broken: readonly Finding[];
  /** What is left out of what kustomize built. */
  readonly unread: readonly Finding[];
  /** The file that stands for it: the spec, its kustomization, or its first manifest. */
  readonly file: string;
}

/** The two sides, read, and what people call them. */
export interface ReadSides {
  readonly base: Side;
  readonly head: Side;
  readonly labels: { readonly base: string; readonly head: string };
  readonly settings: Settings;
}

/** Where a side stands: a file, or the folder that the spec is in. */
export interface SidePlace extends Folder {
  readonly path: string;
}

/**
 * Puts together a side. Beside a spec these are its overlays and the Applications; of any other folder each
 * kustomization is an environment, and all manifests that belong to none are one more.
 */
export function readSide(
  { path, host }: SidePlace,
  { whole, skipped }: SideSources,
  options: SideOptions,
  parse: ParseStream,
): Side {
  const parts = partsOf(path, whole, options, parse);
  const spec = specOf(path, options.file, host);
  const sets = parts.map(part => setOf(part, parts, spec));
  return {
    environments: new Map(
      parts.map((part, index) => [part.name, environmentOf(part, sets[index], spec)]),
    ),
    ...(spec !== undefined && { spec: spec.spec }),
    placesBeside: other => {
      let places: FieldPlace | undefined;
      return (item, path) => {
        places ??=
          spec === undefined ? placesFor(sets, host) : placesInSpec(parts, sets, host, spec, other);
        return places(item, path);
      };
    },
    files: new Set([
      ...[...whole, ...skipped].map(({ file }) => file),
      ...(spec ? [spec.source.file] : []),
    ]),
    notices: skipped.flatMap(({ findings }) => [...findings]),
  };
}

/** Where fields stand in a spec: what differs there from the other side's. */
function placesInSpec(
  parts: readonly EnvironmentSources[],
  sets: readonly ManifestSet[],
  host: Host,
  spec: SideSpec,
  other: SpecObject | undefined,
): FieldPlace {
  const targets = spec.targets();
  const aimed = sets.map((set, index) => {
    const target = targets.get(parts[index]?.name ?? '');
    return target === undefined ? set : { ...set, target };
  });
  return placesFor(aimed, host, spec, (entry, { name: target }, field) =>
    causeIn(spec.spec, other, { entry, target, field }),
  );
}

/** The file of head to show something at that only base has; none when head has no files. */
export function fileOnHead(
  { files, environments }: Side,
  file: string,
  names: readonly string[],
): string | undefined {
  if (files.has(file)) return file;
  const own = names.map(name => environments.get(name)?.file ?? '').find(known => known !== '');
  return own ?? [...files][0];
}

function setOf(
  { name, sources }: EnvironmentSources,
  parts: readonly EnvironmentSources[],
  spec: SideSpec | undefined,
): ManifestSet {
  const others = parts.filter(other => other.name !== name && isContext(name, other.name, spec));
  return {
    sources,
    context: others.flatMap(other => other.sources),
    outside: spec === undefined ? nothingOutside : declaredOutside(spec.spec, name),
  };
}

/** Whether two environments may be in one cluster; Applications are context to all. */
function isContext(name: string, other: string, spec: SideSpec | undefined): boolean {
  if (spec === undefined || /^argocd(\/|$)/.test(other)) return true;
  return areTogether(spec.spec, { name }, { name: other });
}

function environmentOf(
  { sources }: EnvironmentSources,
  set: ManifestSet | undefined,
  spec: SideSpec | undefined,
): SideEnvironment {
  return {
    set: objectsOf(set ?? { sources, context: [], outside: nothingOutside }),
    broken: sources.flatMap(({ findings }) => [...findings]),
    unread: sources.flatMap(({ unread = [] }) => [...unread]),
    file: spec?.source.file ?? sources[0]?.file ?? '',
  };
}
