import type { Spec, SpecObject } from './spec.ts';

/** The cluster that an environment names, or the base for it; null, or neither: one of its own. */
export function clusterOf({ spec }: SpecObject, environment: string): string | undefined {
  const change = spec.environments?.[environment] ?? {};
  return ('cluster' in change ? change.cluster : spec.cluster) ?? undefined;
}

/** The cluster that an environment runs in; one of its own is called like it. */
export function clusterNameOf(document: SpecObject, environment: string): string {
  return clusterOf(document, environment) ?? environment;
}

/** What the spec says for all environments of a cluster, between the base and each of them. */
export function clusterSpec(document: SpecObject, environment: string): Spec {
  const { clusters = {} } = document.spec;
  const name = clusterNameOf(document, environment);
  return (Object.hasOwn(clusters, name) ? clusters[name] : undefined) ?? {};
}
