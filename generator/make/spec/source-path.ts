import type { Fault, Path } from '../../ground/finding.ts';
import { valueAt } from '../../ground/value-path.ts';
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
 * A path in one environment's merged spec as a path from the document's root: into the environment
 * where that says more about it than the base does.
 */
export function documentPath(
  document: SpecObject,
  environment: string | undefined,
  inSpec: Path,
): Path {
  const inBase = ['spec', ...inSpec];
  if (environment === undefined) return inBase;
  const inEnvironment = ['spec', 'environments', environment, ...inSpec];
  const [base, change] = [depth(document, inBase), depth(document, inEnvironment) - 2];
  const isWhole = change === inSpec.length + 1;
  return change > base || (isWhole && change === base && inSpec.length > 0)
    ? inEnvironment
    : inBase;
}

/** How many steps of the path exist. */
function depth(document: unknown, path: Path): number {
  const missing = path.findIndex(
    (_, index) => valueAt(document, path.slice(0, index + 1)) === undefined,
  );
  return missing < 0 ? path.length : missing;
}
