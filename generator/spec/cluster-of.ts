import { groupBy } from '../core/json.ts';
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

/** Clusters by name, with their environments; an environment that names none is one of its own. */
export type Members = ReadonlyMap<string, readonly string[]>;

/** Environments by cluster, both sorted; a spec without environments is one, of its base. */
export function membersOf(document: SpecObject): Members {
  const { environments } = document.spec;
  if (environments === undefined || Object.keys(environments).length === 0)
    return new Map([[document.spec.cluster ?? document.metadata.name, ['base']]]);
  const names = Object.keys(environments).sort();
  const members = groupBy(names, name => clusterNameOf(document, name));
  return new Map([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
}
