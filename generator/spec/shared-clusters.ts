import type { Fault } from '../core/finding.ts';
import { groupBy, isMap, isSame, type Json, type JsonObject } from '../core/json.ts';
import type { KubernetesProvider, Model, Provider, StoreModel } from './model/model.ts';
import type { Spec, SpecObject } from './spec.ts';

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

/** The environments of each cluster. */
export type Members = ReadonlyMap<string, readonly string[]>;

/** The clusters of a spec, sorted; without environments it has one, with the base. */
export function membersOf(document: SpecObject): Members {
  const { environments } = document.spec;
  if (environments === undefined || Object.keys(environments).length === 0)
    return new Map([[document.spec.cluster ?? document.metadata.name, ['base']]]);
  const names = Object.keys(environments).sort();
  const members = groupBy(names, name => clusterNameOf(document, name));
  return new Map([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
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

/**
 * The spec of one environment, or without a name the base: the specs of its cluster and itself, merged over the base
 * map by map. All other values, lists too, are replaced, and null removes (JSON Merge Patch, RFC 7396). A value that
 * is one choice of several, such as a variable's source, is replaced whole. Keys are sorted, as their order means
 * nothing.
 */
export function mergeEnvironment(document: SpecObject, environment?: string): Spec {
  const change = (environment && document.spec.environments?.[environment]) || {};
  return canonical(
    merge(beforeEnvironment(document, environment), change as JsonObject, []),
    0,
  ) as Spec;
}

/** The spec over which an environment is merged: the base, with that of the environment's cluster. */
export function beforeEnvironment(document: SpecObject, environment?: string): JsonObject {
  const {
    environments: _,
    environmentsFrom: __,
    environment: ___,
    argocd: ____,
    flux: _____,
    clusters: ______,
    componentObjects: _______,
    ...base
  } = document.spec;
  const change = environment === undefined ? {} : clusterSpec(document, environment);
  return merge(base as JsonObject, change as JsonObject, []);
}

/** The spec of an environment's cluster. */
function clusterSpec(document: SpecObject, environment: string): Spec {
  const { clusters = {} } = document.spec;
  const name = clusterNameOf(document, environment);
  return (Object.hasOwn(clusters, name) ? clusters[name] : undefined) ?? {};
}

function merge(base: JsonObject, change: JsonObject, path: readonly string[]): JsonObject {
  const merged: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === null && isInObject(path)) {
      delete merged[name];
      continue;
    }
    const before = merged[name];
    const isMerged = isMap(value) && isMap(before) && !isOneChoice(path);
    merged[name] = isMerged ? merge(before, value, [...path, name]) : value;
  }
  return merged;
}

/** Whether the entries of a collection are replaced whole, as each is one choice of several: `workloads.api.env`. */
export function isOneChoice([, , field = '', ...below]: readonly string[]): boolean {
  return below.length === 0 && ['env', 'mounts', 'keys', 'template'].includes(field);
}

/** Whether a path is in an object under `resources`, in which null is a value. */
function isInObject([section, , field]: readonly string[]): boolean {
  return section === 'resources' && field === 'object';
}

/**
 * The value with sorted keys and without null entries. Null stays in a patch, where it removes a field, and in an
 * object under `resources`, where it may mean something.
 */
function canonical(value: Json, depth: number, within: Within = 'short form'): Json {
  const below = within === 'patches' ? 'patch' : within;
  if (Array.isArray(value)) return value.map(item => canonical(item, depth + 1, below));
  if (!isMap(value)) return value;
  const names = Object.keys(value).filter(name => within === 'patch' || value[name] !== null);
  return Object.fromEntries(
    names.sort().map(name => {
      const inside = depth === 2 ? (OWN_TERMS.get(name) ?? below) : below;
      return [name, canonical(value[name] ?? null, depth + 1, inside)];
    }),
  );
}

/** Where a value is: in the short form, in an entry's patches by kind, or in an object's own terms. */
type Within = 'short form' | 'patches' | 'patch';

const OWN_TERMS: ReadonlyMap<string, Within> = new Map([
  ['patch', 'patches'],
  ['object', 'patch'],
  ['objects', 'patch'],
]);

/** The base, and the specs of all clusters and environments. */
export function layersOf({ spec }: SpecObject): Spec[] {
  const changes = [spec.clusters, spec.environments].flatMap(all => Object.values(all ?? {}));
  return [spec, ...changes.filter(change => change !== null)];
}

/** Whether a store's objects belong to the cluster, not to one environment's namespace. */
export function isClusterStore({ kind, provider }: StoreModel): boolean {
  return kind === 'ClusterSecretStore' && provider !== undefined;
}

/**
 * The ClusterSecretStores of one cluster, each once, with the namespaces and reads of all its environments. Reports
 * two stores of one name that differ, and two environments in one namespace.
 */
export function sharedStores(
  cluster: SharedCluster,
  models: ReadonlyMap<string, Model>,
  report: (environment: string, fault: Fault) => void,
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
  report: (environment: string, fault: Fault) => void,
): void {
  const taken = new Map<string, string>();
  for (const [environment, { namespace }] of models) {
    const other = taken.get(namespace);
    if (other !== undefined)
      report(environment, {
        id: 'shared-namespace',
        message: `environments "${other}" and "${environment}" are both namespace "${namespace}" of cluster "${cluster.name}"`,
        hint: 'Give one of them another namespace.',
        path: ['namespace'],
      });
    taken.set(namespace, environment);
  }
}

function isSameStore(a: StoreModel, b: StoreModel): boolean {
  return isSame([comparable(a.provider), a.patch], [comparable(b.provider), b.patch]);
}

/** A provider without the field in which environments may differ. */
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

function differs(cluster: SharedCluster, store: StoreModel): Fault {
  const others = cluster.environments.map(name => `"${name}"`).join(' and ');
  return {
    id: 'shared-store',
    message: `store "${store.name}" differs between environments that share cluster "${cluster.name}" (${others})`,
    hint: `A ClusterSecretStore exists once in a cluster: set kind: SecretStore in one environment, or give the store another name there.`,
    path: ['stores', store.name],
  };
}
