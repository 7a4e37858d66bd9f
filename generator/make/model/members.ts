import { clusterNameOf } from '../spec/cluster-of.ts';
import type { SpecObject } from '../spec/spec.ts';

/** Clusters by name, with their environments; an environment that names none is one of its own. */
export type Members = ReadonlyMap<string, readonly string[]>;

/** Environments by cluster, both sorted; a spec without environments is one, of its base. */
export function membersOf(document: SpecObject): Members {
  const { environments } = document.spec;
  if (environments === undefined || Object.keys(environments).length === 0)
    return new Map([[document.spec.cluster ?? document.metadata.name, ['base']]]);
  const members = new Map<string, string[]>();
  for (const name of Object.keys(environments).sort()) {
    const cluster = clusterNameOf(document, name);
    members.set(cluster, [...(members.get(cluster) ?? []), name]);
  }
  return new Map([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
}
