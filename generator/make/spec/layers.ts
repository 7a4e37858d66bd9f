import type { Spec, SpecObject } from './spec.ts';

/** All that may say something of an environment: the base, the clusters and the environments. */
export function layersOf({ spec }: SpecObject): Spec[] {
  const changes = [spec.clusters, spec.environments].flatMap(all => Object.values(all ?? {}));
  return [spec, ...changes.filter(change => change !== null)];
}
