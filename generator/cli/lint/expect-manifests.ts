import type { Host } from '../../ground/host.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { wrongUsage } from '../usage.ts';
import { ownSources } from './run.ts';

/**
 * Of paths with nothing to read it cannot be said that nothing is wrong there: the path is, or what
 * was to print manifests did not, into a file too. One of comments is read, and so is what is named and
 * another program's: the summary says of it that it is no object.
 */
export function expectManifests(
  paths: readonly string[],
  sets: readonly ManifestSet[],
  host: Host,
): void {
  const isFile = (path: string): boolean => path !== '-' && !host.isFolder(path);
  const isNamed = paths.some(isFile);
  if (sets.flatMap(ownSources).some(source => hasSomething(source, isNamed))) return;
  const places = paths.map(path => (path === '-' ? 'stdin' : path)).join(', ');
  wrongUsage(`nothing to read at ${places}: no manifest, and no kustomization`);
}

function hasSomething(source: ObjectSource, isNamed: boolean): boolean {
  const { isBuilt, items, findings, unread = [], file, text = '', strangers } = source;
  const isSaid = text.trim() !== '' && (isNamed || file === 'stdin' || strangers === 0);
  return isBuilt || isSaid || items.length + findings.length + unread.length > 0;
}
