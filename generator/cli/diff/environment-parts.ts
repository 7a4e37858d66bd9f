import { join, relative } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import { wholeUnits } from '../../make/pipeline.ts';
import { refusalOf } from '../../read/inside.ts';
import { kustomizationIn } from '../../read/kustomization-files.ts';
import type { Allowed } from '../../read/kustomize/allowed.ts';
import { type ManifestSource, unreadable } from '../../read/manifest-source.ts';
import { begunManifests } from '../../read/read-manifests.ts';
import { type ObjectSource, parseSource } from '../../read/sets/parse-source.ts';
import { madeSources, unitFolder } from '../../read/sets/tree-beside.ts';
import { readSettingsFile } from '../../read/settings-file.ts';
import type { SidePlace } from './side.ts';
import { specAt } from './side-spec.ts';

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
