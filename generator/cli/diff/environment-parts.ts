import { join, relative } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import { refusalOf } from '../../read/inside.ts';
import { kustomizationIn } from '../../read/kustomization-files.ts';
import type { Allowed } from '../../read/kustomize/allowed.ts';
import { type ManifestSource, unreadable } from '../../read/manifest-source.ts';
import { begunManifests } from '../../read/read-manifests.ts';
import { type ObjectSource, parseSource } from '../../read/sets/parse-source.ts';
import { readSettingsFile } from '../../read/settings-file.ts';

export interface SideOptions {
  /** The spec, from the folder the host stands in. */
  readonly file: string;
  readonly allowed: Allowed;
  readonly namespace: string;
}

/** Reads and builds what a side has. A commit that has no such folder yet has no manifests. */
export function sourcesOf(
  path: string,
  { file, allowed }: SideOptions,
  host: Host,
): ManifestSource[] {
  if (host.kindOf(path) === undefined) return [];
  const hasSpec = host.kindOf(join(path, file)) !== undefined;
  const folders = hasSpec ? ownFolders(path, host) : [path];
  const begun = folders.map(folder => begunManifests(folder, host, allowed));
  return begun.flatMap(finish => finish());
}

/** A spec that may not be read: what stands beside it is compared all the same. */
export function refusedSpec(path: string, { file }: SideOptions, host: Host): ManifestSource[] {
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
  const targets = read(overlays.length > 0 ? overlays : ['overlays']);
  const deployers = read(['argocd', ...below('argocd'), ...below('flux')]);
  return [...deployers, ...(targets.length > 0 ? targets : [join(path, 'base')])].sort();
}

/** Kustomizations; and links out of the repository, which could hide one. */
function isToRead(folder: string, host: Host): boolean {
  const kind = host.kindOf(folder);
  if (kind !== 'folder') return kind === 'link';
  return kustomizationIn(folder, host) !== undefined || refusalOf(folder, host) !== undefined;
}

/** The environments of a side: items carry the number of their source, so each has its own. */
export function partsOf(
  path: string,
  found: readonly ManifestSource[],
  { namespace }: SideOptions,
  parse: ParseStream,
): Map<string, readonly ObjectSource[]> {
  const groups = groupBy(found, source =>
    source.isBuilt || source.text === undefined ? nameOf(path, source.name) : '',
  );
  let next = 0;
  const parsed = (source: ManifestSource): ObjectSource =>
    parseSource(source, next++, namespace, parse);
  return new Map([...groups].map(([name, sources]) => [name, sources.map(parsed)]));
}

/** `overlays/prod` is prod to everybody. */
function nameOf(path: string, folder: string): string {
  return relative(path, folder).replace(/^overlays\//, '');
}
