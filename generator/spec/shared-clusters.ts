import type { Fault, Path } from '../core/finding.ts';
import { groupBy, isSame, sortBy } from '../core/json.ts';
import type { Model, StoreModel } from './model/model.ts';
import type { Spec, SpecObject } from './spec.ts';

export type SharedCluster = { readonly name: string; readonly environments: readonly string[] };

/** The clusters that several environments name, sorted. */
export function sharedClusters(document: SpecObject): SharedCluster[] {
  const names = Object.keys(document.spec.environments ?? {}).sort();
  const clusters = [...groupBy(names, name => clusterOf(document, name))];
  const shared = clusters.flatMap(([name, environments]) =>
    name !== undefined && environments.length > 1 ? [{ name, environments }] : [],
  );
  return sortBy(shared, ({ name }) => name);
}

export type Members = ReadonlyMap<string, readonly string[]>;

/** The clusters of a spec, sorted; without environments it has one, with the base. */
export function membersOf(document: SpecObject): Members {
  const { environments } = document.spec;
  if (environments === undefined || Object.keys(environments).length === 0)
    return new Map([[document.spec.cluster ?? document.metadata.name, ['base']]]);
  const names = Object.keys(environments).sort();
  const members = groupBy(names, name => clusterNameOf(document, name));
  return new Map(sortBy([...members], ([name]) => name));
}

/** The name of an environment's cluster: that of the environment if it names none. */
export function clusterNameOf(document: SpecObject, environment: string): string {
  return clusterOf(document, environment) ?? environment;
}

/** The cluster that an environment or the base names; undefined: the environment has its own. */
export function clusterOf({ spec }: SpecObject, environment: string): string | undefined {
  const change = spec.environments?.[environment] ?? {};
  return ('cluster' in change ? change.cluster : spec.cluster) ?? undefined;
}

/** The base, then each cluster and environment that is merged over it, with their paths in the document. */
export function layersOf({ spec }: SpecObject): { readonly path: Path; readonly layer: Spec }[] {
  const over = (['clusters', 'environments'] as const).flatMap(field =>
    Object.entries(spec[field] ?? {}).map(([name, layer]) => {
      return { path: ['spec', field, name], layer: layer ?? {} };
    }),
  );
  return [{ path: ['spec'], layer: spec }, ...over];
}

/** The parts of a spec that an environment is merged from; the first has the last word. */
export function layerPaths(document: SpecObject, environment: string | undefined): Path[] {
  if (environment === undefined) return [['spec']];
  const cluster = clusterNameOf(document, environment);
  return [['spec', 'environments', environment], ['spec', 'clusters', cluster], ['spec']];
}

/** Whether a store's objects belong to the cluster, not to one environment's namespace. */
export function isClusterStore({ kind, provider }: StoreModel): boolean {
  return kind === 'ClusterSecretStore' && provider !== undefined;
}

/** The ClusterSecretStores of one cluster, each once. Reports two that differ, and two environments in one namespace. */
export function sharedStores(
  cluster: SharedCluster,
  models: ReadonlyMap<string, Model>,
  report: (environment: string, fault: Fault) => void,
): StoreModel[] {
  const shared = new Map<string, StoreModel>();
  const taken = new Map<string, string>();
  const names = cluster.environments.map(name => `"${name}"`).join(' and ');
  for (const [environment, { namespace, stores }] of models) {
    const earlier = taken.get(namespace);
    if (earlier !== undefined) {
      const message = `environments "${earlier}" and "${environment}" are both namespace "${namespace}" of cluster "${cluster.name}"`;
      const hint = 'Give one of them another namespace.';
      report(environment, { id: 'shared-namespace', message, hint, path: ['namespace'] });
    }
    taken.set(namespace, environment);
    for (const store of stores.filter(isClusterStore)) {
      const before = shared.get(store.name) ?? store;
      if (!isSame(comparable(before), comparable(store)))
        report(environment, {
          id: 'shared-store',
          message: `store "${store.name}" differs between environments that share cluster "${cluster.name}" (${names})`,
          hint: 'A ClusterSecretStore exists once in a cluster: set kind: SecretStore in one environment, or give the store another name there.',
          path: ['stores', store.name],
        });
      shared.set(store.name, union(before, store));
    }
  }
  return [...shared.values()];
}

function comparable({ provider, access, patch }: StoreModel): unknown {
  return [provider, access && { ...access, reads: undefined }, patch];
}

function union(a: StoreModel, b: StoreModel): StoreModel {
  const namespaces = sortedUnion(a.namespaces, b.namespaces);
  const [before, after] = [a.access?.reads, b.access?.reads];
  const reads = before && after && sortedUnion(before, after);
  return { ...a, namespaces, access: a.access && { ...a.access, reads } };
}

function sortedUnion(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
