import { join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isMap } from '../../ground/json.ts';
import { listItems } from '../../ground/manifests.ts';
import { kustomizationFile } from '../../kinds/krm/kustomization.ts';
import { type ManifestSource, readFound } from '../manifest-source.ts';
import { begunBuild } from './build.ts';
import { type Closure, closureOf } from './closure.ts';
import { type Buildable, isPlain, parsed } from './kustomization.ts';

/** Makes names of files without links those by which a person finds them. */
type Shown = (place: string) => string;

/** What is being read or built, once it is waited for. */
export type Begun = () => readonly ManifestSource[];

/**
 * What kustomize builds of a kustomization, which it begins with. Most only list files, and change nothing: of these the
 * files are what it builds, so it is not started. Whatever it might refuse, it is asked about.
 */
export function builtOrListed(buildable: Buildable, shown: Shown, host: Host): Begun {
  const closure = closureOf(buildable, host);
  const listed = listedFiles(closure, shown, host);
  if (listed !== undefined) return () => listed;
  const built = begunBuild(buildable, host, closure);
  return () => [built()];
}

/** The files of a kustomization that is nothing but a list of them. */
function listedFiles(closure: Closure, shown: Shown, host: Host): ManifestSource[] | undefined {
  const [own, ...more] = closure.kustomizations;
  if (own === undefined || more.length > 0 || !isList(own.document) || !isPlain(own.text))
    return undefined;
  const { faults, unread, replaced, programs, files } = closure;
  if (faults.length + unread.length + replaced.length + programs.length > 0) return undefined;
  if (files.size !== own.loads.length) return undefined;
  const sources = [...files.values()].map(place => ({
    ...readFound(shown(place), host),
    places: [place, join(own.folder, own.name)],
  }));
  return areObjects(sources) ? sources : undefined;
}

/** Whether kustomize takes it for a kustomization that has resources, and no more. */
function isList(document: unknown): boolean {
  if (!isMap(document)) return false;
  const { apiVersion, kind, resources, ...more } = document;
  return (
    Object.keys(more).length === 0 &&
    isNoneOr(apiVersion, `${kustomizationFile.group}/v1beta1`) &&
    isNoneOr(kind, kustomizationFile.kind) &&
    Array.isArray(resources) &&
    resources.every(resource => typeof resource === 'string')
  );
}

function isNoneOr(value: unknown, wanted: string): boolean {
  return value === undefined || value === null || value === wanted;
}

/** Whether files hold objects that kustomize takes as they are: each with a name, and each once. */
function areObjects(sources: readonly ManifestSource[]): boolean {
  const seen = new Set<string>();
  return sources.every(({ text }) => {
    const documents = text === undefined ? undefined : parsed(text).value;
    return documents?.every(document => document === null || isNew(document, seen)) === true;
  });
}

function isNew(document: unknown, seen: Set<string>): boolean {
  if (!isMap(document) || listItems(document) !== undefined) return false;
  const { apiVersion, kind, metadata } = document;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isMap(metadata)) return false;
  const { name, namespace = '' } = metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return false;
  const id = JSON.stringify([apiVersion.replace(/\/.*/, ''), kind, namespace, name]);
  return !seen.has(id) && seen.add(id) !== undefined;
}
