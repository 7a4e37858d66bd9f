import type { Host } from '../../ground/host.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { wrongUsage } from '../usage.ts';
import { ownSources } from './run.ts';

/**
 * Of paths with nothing to read it cannot be said that nothing is wrong there: the path is, or what
 * was to print manifests did not. A file that is named is read, though it may be empty, and so is one
 * of comments; one of another program is not.
 */
export function expectManifests(
  paths: readonly string[],
  sets: readonly ManifestSet[],
  host: Host,
): void {
  const isFile = (path: string): boolean => path !== '-' && !host.isFolder(path);
  if (paths.some(isFile) || sets.flatMap(ownSources).some(hasSomething)) return;
  const places = paths.map(path => (path === '-' ? 'stdin' : path)).join(', ');
  wrongUsage(`nothing to read at ${places}: no manifest, and no kustomization`);
}

function hasSomething(source: ObjectSource): boolean {
  const { isBuilt, items, findings, unread = [], file, text = '', strangers } = source;
  const isSaid = text.trim() !== '' && (file === 'stdin' || strangers === 0);
  return isBuilt || isSaid || items.length + findings.length + unread.length > 0;
}
