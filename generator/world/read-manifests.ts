import { join } from 'node:path';
import type { Host } from '../core/host.ts';
import { kustomizationIn, type Listing } from './folders.ts';
import { boundsOf, IS_SUBMODULE, refusalOf } from './inside.ts';
import { begunBuild } from './kustomize/build.ts';
import type { Allowed } from './programs.ts';
import { type ManifestSource, readFound, readNamed, skipped, unreadable } from './source.ts';
import { folderOf, type Survey, surveyOf } from './survey.ts';

/**
 * The manifests at a path: a file, stdin (`-`), or a folder. A folder that is a kustomization is
 * built. Of any other, the kustomizations below it that no other one uses are built, and the
 * manifests that belong to none are read as they are; templates of Helm charts are no manifests.
 */
export function readManifests(path: string, host: Host, allowed: Allowed = {}): ManifestSource[] {
  return begunManifests(path, host, allowed)();
}

/** The same for several paths: the builds of all begin, and then each is waited for. */
export function begunManifests(
  path: string,
  host: Host,
  allowed: Allowed = {},
): () => ManifestSource[] {
  if (path === '-') {
    const text = new TextDecoder().decode(host.readStdin());
    return () => [{ name: 'stdin', file: 'stdin', isBuilt: false, text, findings: [] }];
  }
  const refusal = refusalOf(path, host);
  if (refusal !== undefined) return () => [unreadable(path, path, refusal)];
  if (!host.isFolder(path)) return () => [readNamed(path, host)];
  const file = kustomizationIn(path, host);
  const root = boundsOf(path, host);
  if (file === undefined) return begunFolder({ survey: surveyOf(path, host), root, allowed }, host);
  const fileRefusal = refusalOf(file, host);
  if (fileRefusal !== undefined) return () => [unreadable(path, file, fileRefusal)];
  const built = begunBuild({ folder: path, file, root, allowed }, host);
  return () => [built()];
}

/** A folder that is no kustomization. */
interface PlainFolder {
  readonly survey: Survey;
  /** What its kustomizations may not leave. */
  readonly root: string;
  readonly allowed: Allowed;
}

function begunFolder({ survey, root, allowed }: PlainFolder, host: Host): () => ManifestSource[] {
  const { path, listing, tops, loose } = survey;
  const builds = tops.map(file => {
    const folder = join(path, folderOf(file));
    return begunBuild({ folder, file: join(path, file), root, allowed }, host);
  });
  return () => {
    const read = [
      ...loose.map(file => readFound(join(path, file), host)).filter(isManifest),
      ...builds.map(built => built()),
    ];
    return [...read, ...unreadIn(path, listing, read.length === 0)];
  };
}

/** What nobody reads of a folder; where nothing else is in it, nothing was checked. */
function unreadIn(path: string, { unread }: Listing, isAll: boolean): ManifestSource[] {
  return unread.map(({ file, reason }) => unreadSource(join(path, file), reason, isAll));
}

/** Something in a folder that is not read; `isAll`: nothing else was, though it is meant to be. */
export function unreadSource(name: string, reason: string, isAll: boolean): ManifestSource {
  return isAll && reason !== IS_SUBMODULE
    ? unreadable(name, name, `not read: it ${reason}`)
    : skipped(name, `it ${reason}`);
}

/** Other programs' settings in JSON, which may hold comments, are not for us to read. */
export function isManifest({ file, text }: ManifestSource): boolean {
  return !file.endsWith('.json') || text === undefined || text.includes('"apiVersion"');
}
