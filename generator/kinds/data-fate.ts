import type { Path } from '../ground/finding.ts';

/** What becomes of data once the object that keeps it is deleted. */
export interface DataFate {
  /** unknown: something that is not in the manifests decides. */
  readonly fate: 'deleted' | 'kept' | 'unknown';
  /** Its claims stay, and another one of its name has them again. */
  readonly hasClaimsAgain?: true;
  /** What decides, as people write it: `reclaimPolicy: Retain of StorageClass "fast"`. */
  readonly because: string;
  /** The field of the object that decides; absent: it has none. */
  readonly path?: Path;
}

/** The fate by a policy with the two words that Kubernetes has for it. */
export function fateBy(policy: string, because: string, path?: Path): DataFate {
  const fate = policy === 'Retain' ? 'kept' : policy === 'Delete' ? 'deleted' : 'unknown';
  return { fate, because, ...(path !== undefined && { path }) };
}
