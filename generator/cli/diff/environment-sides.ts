import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { type ParseStream, sharedDocuments } from '../../ground/yaml/shared-documents.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { declaredOutside } from '../../read/sets/declared-outside.ts';
import { type ManifestSet, objectsOf } from '../../read/sets/manifest-set.ts';
import { nothingOutside, type ObjectSet } from '../../read/sets/object-set.ts';
import { areTogether } from '../../read/sets/spec-sets.ts';
import type { BrokenSide } from '../../report/review/review.ts';
import { causeIn } from './cause.ts';
import {
  type EnvironmentSources,
  partsOf,
  type SideOptions,
  type SideSources,
  sourcesOf,
} from './environment-parts.ts';
import { asBroken, onlyIn } from './left-out.ts';
import { madeTree } from './made-tree.ts';
import type { ComparableSides, Side, SidePlace } from './side.ts';
import { type SideSpec, specOf } from './side-spec.ts';
import { withMade } from './with-made.ts';

/** A side with its environments: the overlays of a spec, and what Argo CD is given. */
interface EnvironmentSide extends Side {
  readonly environments: ReadonlyMap<string, SideEnvironment>;
}

interface SideEnvironment {
  readonly set: ObjectSet;
  /** What could not be read; then the set is not whole. */
  readonly broken: readonly Finding[];
  /** What is left out of what kustomize built. */
  readonly unread: readonly Finding[];
  readonly file: string;
}

/**
 * Reads sides of which one has a spec, environment by environment; what both have is read once. Where
 * the tree of head is not what its spec makes, both are held against base.
 */
export function environmentSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
): ComparableSides {
  const sides = sidesAt(base, head, reading);
  const { place, findings } = madeTree(head, reading.file);
  const told = place === undefined ? sides : withMade(sides, sidesAt(base, place, reading));
  return { ...told, stale: findings };
}

function sidesAt(base: SidePlace, head: SidePlace, reading: SideOptions): ComparableSides {
  const before = sourcesOf(base.path, reading, base.host);
  const after = sourcesOf(head.path, reading, head.host);
  const parse = sharedDocuments();
  const sides = {
    base: readSide(base, before, reading, parse),
    head: readSide(head, after, reading, parse),
  };
  const names = new Set([...sides.base.environments.keys(), ...sides.head.environments.keys()]);
  const all = [...names].sort().map(name => pairOf(name, sides));
  const whole = all.filter(({ broken }) => broken.length === 0);
  return {
    ...sides,
    pairs: whole.map(({ broken: _, ...pair }) => pair),
    broken: all.flatMap(({ broken }) => broken),
  };
}

function pairOf(
  name: string,
  sides: Record<'base' | 'head', EnvironmentSide>,
): ComparableSides['pairs'][number] & Pick<ComparableSides, 'broken'> {
  const [before, after] = [
    sides.base.environments.get(name),
    sides.head.environments.get(name),
  ] as const;
  return {
    name,
    presence: new Map([
      [name, before === undefined ? 'only head' : after === undefined ? 'only base' : 'both'],
    ]),
    ...(before !== undefined && { base: before.set }),
    ...(after !== undefined && { head: after.set }),
    broken: [
      ...brokenOf('base', name, before),
      ...brokenOf('head', name, after),
      ...unreadOnOneSide({ name, before, after }),
    ],
  };
}

function brokenOf(
  side: 'base' | 'head',
  environment: string,
  read: SideEnvironment | undefined,
): BrokenSide[] {
  return (read?.broken ?? []).map(finding => ({ side, environment, finding }));
}

/**
 * What one side leaves out and the other does not: what it makes looks removed, or made. Told of
 * the side that names it.
 */
function unreadOnOneSide({ name, before, after }: Environments): BrokenSide[] {
  if (before === undefined || after === undefined) return [];
  return [
    ...onlyIn(before.unread, after.unread).map(asBroken('base', name)),
    ...onlyIn(after.unread, before.unread).map(asBroken('head', name)),
  ];
}

/** An environment on both sides. */
interface Environments {
  readonly name: string;
  readonly before: SideEnvironment | undefined;
  readonly after: SideEnvironment | undefined;
}

/**
 * Puts together a side. Beside a spec these are its overlays and the Applications; of any other folder each
 * kustomization is an environment, and all manifests that belong to none are one more.
 */
function readSide(
  { path, host }: SidePlace,
  { whole, skipped }: SideSources,
  options: SideOptions,
  parse: ParseStream,
): EnvironmentSide {
  const parts = partsOf(path, whole, options, parse);
  const spec = specOf(path, options.file, host);
  const sets = parts.map(part => setOf(part, parts, spec));
  const environments = new Map(
    parts.map((part, index) => [part.name, environmentOf(part, sets[index], spec)]),
  );
  const all = [...environments.values()];
  return {
    environments,
    isEmpty: all.every(({ set, broken }) => set.items.length === 0 && broken.length === 0),
    hasOthers: () => false,
    strangers: new Map(),
    unread: [...environments].flatMap(([environment, { unread }]) =>
      unread.map(finding => ({ environment, finding })),
    ),
    fileOf: name => environments.get(name)?.file,
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
      ...(spec ? [spec.source, ...(spec.source.parts ?? [])] : []).map(({ file }) => file),
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

/** Whether two environments may be in one cluster; what applies them is context to all. */
function isContext(name: string, other: string, spec: SideSpec | undefined): boolean {
  if (spec === undefined || /^(argocd|flux)(\/|$)/.test(other)) return true;
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
