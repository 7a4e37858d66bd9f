import { join } from 'node:path';
import type { Host } from '../core/host.ts';
import { kustomizationIn } from './folders.ts';
import { boundsOf, IS_SUBMODULE, refusalOf } from './inside.ts';
import { begunBuild } from './kustomize/build.ts';
import type { Allowed } from './programs.ts';
import { folderOf, type Survey, surveyOf } from './repository.ts';
import {
  fileSource,
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
export function readManifests(path: string, host: Host, allowed: Allowed = {}): ManifestSource[] {
  return begunManifests(path, host, allowed)();
}

/** The same, to read several paths: the builds begin, and what is handed back waits for them. */
export function begunManifests(
  path: string,
  host: Host,
  allowed: Allowed = {},
): () => ManifestSource[] {
  if (path === '-') {
    const text = new TextDecoder().decode(host.readStdin());
    return () => [fileSource('stdin', { text })];
  }
  const refusal = refusalOf(path, host);
  if (refusal !== undefined) return () => [unreadable(path, path, refusal)];
  if (!host.isFolder(path)) return () => [readNamed(path, host)];
  const file = kustomizationIn(path, host);
  const root = boundsOf(path, host);
  if (file === undefined) return begunFolder(surveyOf(path, host), root, allowed, host);
  const fileRefusal = refusalOf(file, host);
  if (fileRefusal !== undefined) return () => [unreadable(path, file, fileRefusal)];
  const built = begunBuild({ folder: path, file, root, allowed }, host);
  return () => [built()];
}

/** A folder that is no kustomization; `root`: the folder that its kustomizations may not leave. */
function begunFolder(
  { path, listing: { unread }, tops, loose }: Survey,
  root: string,
  allowed: Allowed,
  host: Host,
): () => ManifestSource[] {
  const builds = tops.map(file => {
    const folder = join(path, folderOf(file));
    return begunBuild({ folder, file: join(path, file), root, allowed }, host);
  });
  return () => {
    const read = [
      ...loose.map(file => readFound(join(path, file), host)).filter(isManifest),
      ...builds.map(built => built()),
    ];
    const isAll = read.length === 0;
    const skippedSources = unread.map(({ file, reason }) =>
      unreadSource(join(path, file), reason, isAll),
    );
    return [...read, ...skippedSources];
  };
}

/** Something in a folder that is not read; `isAll`: nothing else of the folder was read either. */
export function unreadSource(name: string, reason: string, isAll: boolean): ManifestSource {
  return isAll && reason !== IS_SUBMODULE
    ? unreadable(name, name, `not read: it ${reason}`)
    : skipped(name, `it ${reason}`);
}
