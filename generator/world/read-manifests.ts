import { join } from 'node:path';
import type { Host } from '../core/host.ts';
import { kustomizationIn } from './folders.ts';
import { boundsOf, IS_SUBMODULE, refusalOf } from './inside.ts';
import { built } from './kustomize/build.ts';
import type { Allowed } from './programs.ts';
import { folderOf, type Survey, surveyOf } from './repository.ts';
import {
  bytesSource,
  isManifest,
  type ManifestSource,
  readFound,
  readNamed,
  skipped,
  unreadable,
} from './source.ts';

/**
 * The manifests at a path: a file, stdin (`-`), or a folder. A folder that is a kustomization is
 * built. Of any other, the kustomizations below it that no other one uses are built, and the
 * manifests that belong to none are read as they are; templates of Helm charts are no manifests.
 */
export async function readManifests(
  path: string,
  host: Host,
  allowed: Allowed = {},
): Promise<ManifestSource[]> {
  if (path === '-') return [bytesSource('stdin', host.readStdin())];
  const refusal = refusalOf(path, host);
  if (refusal !== undefined) return [unreadable(path, path, refusal)];
  if (!host.isFolder(path)) return [readNamed(path, host)];
  const file = kustomizationIn(path, host);
  const root = boundsOf(path, host);
  if (file === undefined) return readFolder(surveyOf(path, host), root, allowed, host);
  const fileRefusal = refusalOf(file, host);
  if (fileRefusal !== undefined) return [unreadable(path, file, fileRefusal)];
  return [await built({ folder: path, file, root, allowed }, host)];
}

/** A folder that is no kustomization; `root`: the folder that its kustomizations may not leave. */
async function readFolder(
  { path, listing: { unread }, tops, loose }: Survey,
  root: string,
  allowed: Allowed,
  host: Host,
): Promise<ManifestSource[]> {
  const builds = tops.map(file => {
    const folder = join(path, folderOf(file));
    return built({ folder, file: join(path, file), root, allowed }, host);
  });
  const read = [
    ...loose.map(file => readFound(join(path, file), host)).filter(isManifest),
    ...(await Promise.all(builds)),
  ];
  const isAll = read.length === 0;
  const skippedSources = unread.map(({ file, reason }) =>
    unreadSource(join(path, file), reason, isAll),
  );
  return [...read, ...skippedSources];
}

/** Something in a folder that is not read; `isAll`: nothing else of the folder was read either. */
export function unreadSource(name: string, reason: string, isAll: boolean): ManifestSource {
  return isAll && reason !== IS_SUBMODULE
    ? unreadable(name, name, `not read: it ${reason}`)
    : skipped(name, `it ${reason}`);
}
