import type { Fault } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { isSame } from '../../ground/json.ts';
import { clusterOf } from '../spec/cluster-of.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { KubernetesProvider, Model, Provider, StoreModel } from './model.ts';

/** A Kubernetes cluster and the environments that run in it, both by name. */
export interface SharedCluster {
  readonly name: string;
  readonly environments: readonly string[];
}

/** The clusters that several environments name, sorted. */
export function sharedClusters(document: SpecObject): SharedCluster[] {
  const names = Object.keys(document.spec.environments ?? {});
  return [...groupBy(names, name => clusterOf(document, name))]
    .flatMap(([name, environments]) =>
      name !== undefined && environments.length > 1
        ? [{ name, environments: environments.sort() }]
        : [],
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a store's objects belong to the cluster, not to one environment's namespace. */
export function isClusterStore({ kind, provider }: StoreModel): boolean {
  return kind === 'ClusterSecretStore' && provider !== undefined;
}

/** Takes down a fault of one environment. */
type ReportIn = (environment: string, fault: Fault) => void;

/**
 * The ClusterSecretStores of the environments of one cluster, each once: open to all their
 * namespaces, reading all they read. Reports two that differ under one name, and two environments
 * in one namespace.
 */
export function sharedStores(
  cluster: SharedCluster,
  models: ReadonlyMap<string, Model>,
  report: ReportIn,
): StoreModel[] {
  checkNamespaces(cluster, models, report);
  const shared = new Map<string, StoreModel>();
  for (const [environment, { stores }] of models) {
    for (const store of stores.filter(isClusterStore)) {
      const before = shared.get(store.name) ?? store;
      if (!isSameStore(before, store)) report(environment, differs(cluster, store));
      shared.set(store.name, union(before, store));
    }
  }
  return [...shared.values()];
}

function checkNamespaces(
  cluster: SharedCluster,
  models: ReadonlyMap<string, Model>,
  report: ReportIn,
): void {
  const taken = new Map<string, string>();
  for (const [environment, { namespace }] of models) {
    const other = taken.get(namespace);
    if (other !== undefined)
      report(environment, sameNamespace(cluster, other, environment, namespace));
    taken.set(namespace, environment);
  }
}

function isSameStore(a: StoreModel, b: StoreModel): boolean {
  return isSame([comparable(a.provider), a.patch], [comparable(b.provider), b.patch]);
}

/** A provider without what the environments may differ in. */
function comparable(provider: Provider | undefined): unknown {
  return provider?.type === 'kubernetes' ? { ...provider, reads: undefined } : provider;
}

function union(a: StoreModel, b: StoreModel): StoreModel {
  const namespaces = [...new Set([...a.namespaces, ...b.namespaces])].sort();
  const [before, after] = [a.provider, b.provider];
  if (before?.type !== 'kubernetes' || after?.type !== 'kubernetes') return { ...a, namespaces };
  return { ...a, namespaces, provider: { ...before, reads: allReads(before, after) } };
}

function allReads(a: KubernetesProvider, b: KubernetesProvider): readonly string[] | undefined {
  if (a.reads === undefined || b.reads === undefined) return undefined;
  return [...new Set([...a.reads, ...b.reads])].sort();
}

function sameNamespace(cluster: SharedCluster, a: string, b: string, namespace: string): Fault {
  return {
    id: 'shared-namespace',
    message: `environments "${a}" and "${b}" are both namespace "${namespace}" of cluster "${cluster.name}"`,
    hint: 'Give one of them another namespace.',
    path: ['namespace'],
  };
}

function differs(cluster: SharedCluster, store: StoreModel): Fault {
  const others = cluster.environments.map(name => `"${name}"`).join(' and ');
  return {
    id: 'shared-store',
    message: `store "${store.name}" differs between environments that share cluster "${cluster.name}" (${others})`,
    hint: `A ClusterSecretStore exists once in a cluster: set kind: SecretStore in one environment, or give the store another name there.`,
    path: ['stores', store.name],
  };
}
