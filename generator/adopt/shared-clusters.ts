import { isMap, type Json, type JsonObject, listAt, mapAt } from '../ground/json.ts';
import { asJson, type KubeObject } from '../ground/kube-object.ts';
import { clusterSecretStore } from '../kinds/eso/cluster-secret-store.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { type Wanted, withObjects } from './wanted.ts';

/** Environments with what they share, and no overlay of their clusters any more. */
export interface Joined {
  readonly all: readonly Wanted[];
  /** The cluster of each environment that shares one. */
  readonly clusterOf: ReadonlyMap<string, string>;
}

/**
 * Takes the overlay of a cluster for what it is: stores that are open to the namespaces of several
 * environments, which have none of that name themselves. Each environment then has the store, as if it were
 * open to it alone.
 */
export function joinedClusters(all: readonly Wanted[]): Joined {
  const clusters = all.filter(one => one.name !== '' && one.objects.every(isOpenTo));
  if (clusters.length === 0) return { all, clusterOf: new Map() };
  const clusterOf = new Map<string, string>();
  const rest = all.filter(one => !clusters.includes(one));
  const environments = rest.map(wanted => {
    const [cluster, ...others] = clusters.filter(one => isMember(wanted, one));
    if (cluster === undefined || others.length > 0) return wanted;
    clusterOf.set(wanted.name, cluster.name);
    const stores = cluster.objects.filter(store => namespacesOf(store).includes(wanted.namespace));
    return withObjects(
      wanted,
      stores.map(store => openTo(wanted.namespace, store)),
    );
  });
  const isShared = clusters.every(
    ({ name }) => [...clusterOf.values()].filter(one => one === name).length > 1,
  );
  return isShared ? { all: environments, clusterOf } : { all, clusterOf: new Map() };
}

/** The names of the stores that environments have been given. */
export function sharedStores(own: readonly Wanted[], all: readonly Wanted[]): string[] {
  const names = new Set(own.map(({ name }) => name));
  return all.flatMap(({ name, objects }) =>
    names.has(name) ? [] : objects.map(object => object.name),
  );
}

/**
 * A spec without the patches of some stores: what an environment would need for a store of its own, such as its
 * sync wave, may be just what the cluster's has.
 */
export function unpatched(spec: JsonObject, stores: readonly string[]): JsonObject {
  const change = (part: JsonObject): JsonObject => {
    const own = Object.entries(mapAt(part, 'stores')).flatMap(([name, store]): [string, Json][] => {
      if (!stores.includes(name) || !isMap(store) || !('patch' in store)) return [[name, store]];
      const { patch: _, ...rest } = store;
      return Object.keys(rest).length === 0 ? [] : [[name, rest]];
    });
    const { stores: _, ...others } = part;
    return own.length === 0 ? others : { ...part, stores: Object.fromEntries(own) };
  };
  const environments = Object.entries(mapAt(spec, 'environments')).map(
    ([name, part]): [string, Json] => [name, isMap(part) ? change(part) : part],
  );
  return {
    ...change(spec),
    ...(environments.length > 0 && { environments: Object.fromEntries(environments) }),
  };
}

function isMember(wanted: Wanted, { objects }: Wanted): boolean {
  const isServed = objects.some(store => namespacesOf(store).includes(wanted.namespace));
  return isServed && objects.every(({ kind, name }) => wanted.find(kind, name) === undefined);
}

function isOpenTo(object: PlacedObject): boolean {
  return object.known === clusterSecretStore && namespacesOf(object).length > 0;
}

/** The namespaces that a store is open to, where it names them. */
function namespacesOf(store: PlacedObject): readonly unknown[] {
  return listAt(specOf(store), 'conditions').flatMap(one => [...listAt(one, 'namespaces')]);
}

function openTo(namespace: string, store: PlacedObject): PlacedObject {
  const { apiVersion, kind, metadata } = store.json;
  const spec = { ...specOf(store), conditions: [{ namespaces: [namespace] }] };
  const object: KubeObject = { ...asJson(store.json), apiVersion, kind, metadata, spec };
  return placedObject(object, store.file, store.path, namespace);
}
