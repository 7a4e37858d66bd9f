import { join, relative } from 'node:path';
import type { ObjectSet } from '../../checks/lint-set.ts';
import type { FieldPlace } from '../../checks/locate-findings.ts';
import type { Item } from '../../graph/item.ts';
import { nothingOutside } from '../../graph/secret-graph.ts';
import { expand, type Target } from '../../pipeline.ts';
import { type Finding, ok } from '../../source/finding.ts';
import type { ParseStream } from '../../source/shared-documents.ts';
import type { Host } from '../host.ts';
import { placesFor } from '../lint/places.ts';
import { areTogether, declaredOutside, type SpecSource } from '../lint/sets.ts';
import { readSource } from '../lint/sources.ts';
import { type ManifestSource, readManifests } from '../read-manifests.ts';
import { type ReadSpec, readSpec } from '../read-spec.ts';

/** One side of a diff: its environments, read and built. */
export interface Side {
  readonly environments: ReadonlyMap<string, SideEnvironment>;
  readonly placeOf: FieldPlace;
  /** The files that its objects come from. */
  readonly files: ReadonlySet<string>;
  /** Files that were skipped. */
  readonly notices: readonly Finding[];
}

export interface SideEnvironment {
  readonly set: ObjectSet;
  /** What could not be read; then the set is not whole. */
  readonly broken: readonly Finding[];
  /** The file that stands for it: the spec, its kustomization, or its first manifest. */
  readonly file: string;
}

export interface SideOptions {
  /** The spec, from the folder the host stands in. */
  readonly file: string;
  readonly flags: readonly string[];
  readonly namespace: string;
  /** Both sides read with the same, so that what they have in common is read once. */
  readonly parse: ParseStream;
}

/** A folder and the manifests that it holds. */
interface Part {
  readonly name: string;
  readonly sources: SpecSource[];
}

/**
 * Reads a side. Beside a spec these are its overlays and the Applications; of any other folder each
 * kustomization is an environment, and all manifests that belong to none are one more.
 */
export function readSide(path: string, options: SideOptions, host: Host): Side {
  const spec = specOf(path, options, host);
  const found = sourcesOf(path, options, host);
  const parts = number(partsOf(path, found.filter(isWhole)), options);
  const targets = spec?.targets ?? new Map<string, Target>();
  const named = parts.map(({ name, sources }) => ({
    name,
    sources: withTarget(sources, targets.get(name)),
  }));
  const environments = named.map(part => [part.name, environmentOf(part, named, spec)] as const);
  return {
    environments: new Map(environments),
    placeOf: placesFor(
      named.flatMap(({ sources }) => sources),
      spec?.read,
    ),
    files: new Set([...found.map(({ file }) => file), ...(spec ? [spec.read.source.file] : [])]),
    notices: found.filter(source => !isWhole(source)).flatMap(({ findings }) => [...findings]),
  };
}

/** Whether a source is one of manifests: what was skipped only has warnings. */
function isWhole({ text, findings }: ManifestSource): boolean {
  return text !== undefined || findings.some(({ severity }) => severity === 'error');
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

function withTarget(sources: readonly SpecSource[], target: Target | undefined): SpecSource[] {
  return sources.map(source => (target === undefined ? source : { ...source, target }));
}

/** A spec that is valid, and what it expands to. */
interface SideSpec {
  readonly read: ReadSpec;
  readonly targets: ReadonlyMap<string, Target>;
}

/** Undefined where there is none, or where it is broken: the overlays are compared all the same. */
function specOf(path: string, { file }: SideOptions, host: Host): SideSpec | undefined {
  const own = join(path, file);
  if (!host.exists(own) || host.isFolder(own)) return undefined;
  const result = readSpec(own, host, read => {
    const { value } = expand(read.spec, host.validators);
    const all = value === undefined ? [] : value.targets.length > 0 ? value.targets : [value.base];
    return ok({ read, targets: new Map(all.map(target => [target.name, target])) });
  });
  return typeof result === 'number' || Array.isArray(result) ? undefined : (result as SideSpec);
}

function sourcesOf(path: string, { file, flags }: SideOptions, host: Host): ManifestSource[] {
  const folders = host.exists(join(path, file)) ? ownFolders(path, host) : [path];
  return folders.flatMap(folder => readManifests(folder, host, flags));
}

function partsOf(
  path: string,
  found: readonly ManifestSource[],
): { name: string; sources: ManifestSource[] }[] {
  const parts = new Map<string, ManifestSource[]>();
  for (const source of found) {
    const name = source.isBuilt || source.text === undefined ? nameOf(path, source.name) : '';
    parts.set(name, [...(parts.get(name) ?? []), source]);
  }
  return [...parts].map(([name, sources]) => ({ name, sources }));
}

/** The folders that the generator writes and Argo CD syncs; without environments the base. */
function ownFolders(path: string, host: Host): string[] {
  const built = host
    .listFiles(path)
    .filter(file => /^(overlays\/[^/]+|argocd(\/[^/]+)?)\/kustomization\.yaml$/.test(file))
    .map(file => join(path, file.slice(0, file.lastIndexOf('/'))));
  return built.length > 0 ? built : [join(path, 'base')];
}

/** `overlays/prod` is prod to everybody. */
function nameOf(path: string, folder: string): string {
  const below = relative(path, folder);
  return below.replace(/^overlays\//, '');
}

/** Items carry the number of their source, so each source of a side has its own. */
function number(
  parts: readonly { name: string; sources: ManifestSource[] }[],
  { namespace, parse }: SideOptions,
): Part[] {
  let next = 0;
  return parts.map(({ name, sources }) => ({
    name,
    sources: sources.map(source => readSource(source, next++, namespace, parse)),
  }));
}

function environmentOf(
  { name, sources }: Part,
  parts: readonly Part[],
  spec: SideSpec | undefined,
): SideEnvironment {
  const others = parts.filter(other => other.name !== name && isContext(name, other.name, spec));
  const outside = spec === undefined ? nothingOutside : declaredOutside(spec.read.spec, name);
  return {
    set: {
      items: itemsOf(sources),
      context: others.flatMap(other => itemsOf(other.sources)),
      outside,
    },
    broken: sources.flatMap(({ findings }) => [...findings]),
    file: spec?.read.source.file ?? sources[0]?.file ?? '',
  };
}

/** Whether two environments may be in one cluster; Applications are context to all. */
function isContext(name: string, other: string, spec: SideSpec | undefined): boolean {
  const [a, b] = [spec?.targets.get(name), spec?.targets.get(other)];
  if (spec === undefined || /^argocd(\/|$)/.test(other)) return true;
  return a !== undefined && b !== undefined && areTogether(spec.read.spec, a, b);
}

function itemsOf(sources: readonly SpecSource[]): Item[] {
  return sources.flatMap(({ items }) => [...items]);
}
