import { join, relative } from 'node:path';
import { type Finding, type Outcome, ok, type Path } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isMap, valueAt } from '../core/json.ts';
import { onceFor, oncePer } from '../core/once.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { madeSources, unitFolder } from '../environments/sets.ts';
import { readSpec } from '../shell/read-spec.ts';
import { type BuiltUnit, type Expansion, expand, wholeUnits } from '../spec/pipeline.ts';
import type { SpecObject } from '../spec/spec.ts';
import { kustomizationIn, readSettingsFile } from '../world/folders.ts';
import { refusalOf } from '../world/inside.ts';
import type { Allowed } from '../world/programs.ts';
import { begunManifests } from '../world/read-manifests.ts';
import {
  type ManifestSource,
  type ObjectSource,
  parseSource,
  unreadable,
} from '../world/source.ts';
import type { ParseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';
import { fieldChanges } from './field-changes.ts';
import type { SidePlace } from './side.ts';

/** A place in a spec: the entry that an object comes from, and the field of the object. */
interface Effect {
  readonly entry: Path;
  /** The environment, or the cluster that several share. */
  readonly unit: string;
  readonly field: Path;
}

/**
 * What in a spec made an object's field differ from what the other side's spec makes of it: the
 * field of the entry that the other spec has not like this, in the environment first. The entry
 * itself where nothing in it differs, as after a change to the generator.
 */
export function causeIn(
  spec: SpecObject,
  other: SpecObject | undefined,
  { entry, unit, field }: Effect,
): Path {
  if (other === undefined) return entry;
  const inSpec = entry[1] === 'environments' ? entry.slice(3) : entry.slice(1);
  const ways = [['spec', 'environments', unit], ['spec']];
  for (const way of ways) {
    const path = [...way, ...inSpec];
    const cause = differenceAt(valueAt(spec, path), valueAt(other, path), field);
    if (cause !== undefined) return [...path, ...cause];
  }
  return namespaceOf(spec, other, ways, field) ?? entry;
}

/** Of several fields that differ the one that has a name in common with the object's field. */
function differenceAt(own: unknown, other: unknown, field: Path): Path | undefined {
  if (!isMap(own)) return undefined;
  const changes = fieldChanges(isMap(other) ? other : {}, own);
  const paths = changes.flatMap(({ headPath }) => (headPath === undefined ? [] : [headPath]));
  const words = new Set(field.filter(step => typeof step === 'string'));
  const named = paths.find(path => path.some(step => words.has(String(step))));
  return named ?? paths[0] ?? (changes.length > 0 ? [] : undefined);
}

/** The namespace stands beside the entries, and moves all that they make. */
function namespaceOf(
  spec: SpecObject,
  other: SpecObject,
  ways: readonly Path[],
  field: Path,
): Path | undefined {
  if (!field.includes('namespace')) return undefined;
  return ways
    .map(way => [...way, 'namespace'])
    .find(path => {
      const own = valueAt(spec, path);
      return own !== undefined && own !== valueAt(other, path);
    });
}

export interface SideOptions {
  readonly allowed: Allowed;
  readonly namespace: string;
}

/**
 * What a side has: the expansion of its spec, where that is just what stands there, else what is read
 * and built. Objects carry the number of their source. A commit that has no such folder yet has no
 * manifests.
 */
export function sourcesOf(
  place: SidePlace,
  { allowed, namespace }: SideOptions,
  parse: ParseStream,
): ObjectSource[] {
  const { path, file, host } = place;
  if (host.kindOf(path) === undefined) return [];
  const hasSpec = host.kindOf(join(path, file)) !== undefined;
  const folders = hasSpec ? ownFolders(path, host) : [path];
  let next = 0;
  const number = (): number => next++;
  const made = namespace === '' ? madeFolders(place) : new Map<string, ReadSources>();
  const begunIn = (folder: string): ReadSources => {
    const finish = begunManifests(folder, host, allowed);
    return take => finish().map(source => parseSource(source, take(), namespace, parse));
  };
  const begun = folders.map(folder => made.get(folder) ?? begunIn(folder));
  return begun.flatMap(finish => finish(number));
}

/** Gives sources, with numbers of their own. */
type ReadSources = (number: () => number) => ObjectSource[];

/** The folders of a spec's units that are just what `expand` makes: nothing needs to be built there. */
function madeFolders(place: SidePlace): Map<string, ReadSources> {
  const { path, file, host } = place;
  const { spec } = specAt(place);
  const expansion = spec?.expansion().value;
  if (expansion === undefined) return new Map();
  const made = madeSources(expansion, join(path, file), host);
  return new Map(
    wholeUnits(expansion).flatMap(unit => {
      const read = made(unit);
      return read === undefined ? [] : [[join(path, unitFolder(unit.name)), read] as const];
    }),
  );
}

/** A spec that may not be read: what stands beside it is compared all the same. */
export function refusedSpec({ path, file, host }: SidePlace): ManifestSource[] {
  const spec = join(path, file);
  if (host.kindOf(spec) === undefined) return [];
  const bytes = readSettingsFile(spec, host);
  return typeof bytes === 'string' ? [unreadable(spec, spec, bytes)] : [];
}

/** Whether a source is one of manifests: what was skipped only has warnings. */
export function isWhole({ text, findings }: ManifestSource): boolean {
  return text !== undefined || findings.some(({ severity }) => severity === 'error');
}

/** The folders that the generator writes, and Argo CD or Flux apply; without environments the base. */
function ownFolders(path: string, host: Host): string[] {
  const below = (folder: string): string[] => {
    const isRead = refusalOf(join(path, folder), host) === undefined;
    const entries = isRead ? host.entriesIn(join(path, folder)) : undefined;
    return (entries ?? []).map(({ name }) => `${folder}/${name}`);
  };
  const read = (names: readonly string[]): string[] =>
    names.map(name => join(path, name)).filter(folder => isToRead(folder, host));
  const overlays = below('overlays');
  const built = read(overlays.length > 0 ? overlays : ['overlays']);
  const deployers = read(['argocd', ...below('argocd'), ...below('flux')]);
  return [...deployers, ...(built.length > 0 ? built : [join(path, 'base')])].sort();
}

/** Kustomizations; and links out of the repository, which could hide one. */
function isToRead(folder: string, host: Host): boolean {
  const kind = host.kindOf(folder);
  if (kind !== 'folder') return kind === 'link';
  return kustomizationIn(folder, host) !== undefined || refusalOf(folder, host) !== undefined;
}

/** The environments of a side. */
export function partsOf(
  path: string,
  found: readonly ObjectSource[],
): Map<string, readonly ObjectSource[]> {
  return groupBy(found, source =>
    source.isBuilt || source.text === undefined ? nameOf(path, source.name) : '',
  );
}

/** `overlays/prod` is prod to everybody. */
function nameOf(path: string, folder: string): string {
  return relative(path, folder).replace(/^overlays\//, '');
}

/** The spec of a side. */
export interface SideSpec extends ReadSpec {
  /** What it expands to, worked out when it is first asked for, or what is wrong with it. */
  readonly expansion: () => Outcome<Expansion>;
}

/** The spec of a side, or what keeps its shape from being one; neither where there is none. */
interface ReadSide {
  readonly spec?: SideSpec;
  readonly faults?: readonly Finding[];
}

/** Reads the spec of a side, once. */
export const specAt: (place: SidePlace) => ReadSide = oncePer(
  ({ path, file, host }: SidePlace): ReadSide => {
    const own = join(path, file);
    if (typeof readSettingsFile(own, host) === 'string') return {};
    const result = readSpec<ReadSpec>(own, host, ok);
    if (typeof result === 'number') return {};
    if (Array.isArray(result)) return { faults: result };
    return { spec: { ...result, expansion: onceFor(() => expand(result.spec, host.validators)) } };
  },
);

/** What the spec of a side expands to; or what is wrong with it; neither where there is none. */
export function expansionAt(place: SidePlace): Expansion | readonly Finding[] | undefined {
  const { spec, faults } = specAt(place);
  if (spec === undefined) return faults;
  const { value, faults: wrong } = spec.expansion();
  return value ?? locate(wrong, spec.source);
}

/** The units of a spec by name. */
export function unitsOf({ expansion }: SideSpec): ReadonlyMap<string, BuiltUnit> {
  const { value } = expansion();
  const units = value === undefined ? [] : wholeUnits(value);
  return new Map(units.map(unit => [unit.name, unit]));
}
