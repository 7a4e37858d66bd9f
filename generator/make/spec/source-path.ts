import type { Fault, Path } from '../../ground/finding.ts';
import { valueAt } from '../../ground/json.ts';
import { clusterNameOf } from './cluster-of.ts';
import type { SpecObject } from './spec.ts';

/** Faults of one environment's merged spec, with paths from the document's root. */
export function inDocument(
  faults: readonly Fault[],
  document: SpecObject,
  environment?: string,
): Fault[] {
  const path = (inSpec: Path): Path => documentPath(document, environment, inSpec);
  return faults.map(fault => ({
    ...fault,
    path: path(fault.path),
    ...(fault.related !== undefined && {
      related: fault.related.map(place => ({ ...place, path: path(place.path) })),
    }),
  }));
}

/**
 * A path in one environment's merged spec as a path from the document's root: into the environment,
 * or its cluster, where that says more about it than what is merged before does.
 */
export function documentPath(
  document: SpecObject,
  environment: string | undefined,
  inSpec: Path,
): Path {
  const inBase: (string | number)[] = ['spec', ...inSpec];
  if (environment === undefined) return inBase;
  const changes = [
    ['clusters', clusterNameOf(document, environment)],
    ['environments', environment],
  ].map(layer => ['spec', ...layer, ...inSpec]);
  let found = { path: inBase, steps: depth(document, inBase) };
  for (const path of changes) {
    const steps = depth(document, path) - 2;
    const isWhole = steps === inSpec.length + 1 && inSpec.length > 0;
    if (steps > found.steps || (isWhole && steps === found.steps)) found = { path, steps };
  }
  return found.path;
}

/** How many steps of the path exist. */
function depth(document: unknown, path: Path): number {
  const missing = path.findIndex(
    (_, index) => valueAt(document, path.slice(0, index + 1)) === undefined,
  );
  return missing < 0 ? path.length : missing;
}
