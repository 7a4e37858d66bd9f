import type { JsonObject } from '../../core/json.ts';
import { type BuiltObject, type KubeObject, optional, refOf } from '../../core/kube-object.ts';
import type {
  KubernetesProvider,
  Provider,
  PushModel,
  SecretModel,
  StoreModel,
} from '../model/model.ts';
import type { ComponentObjects } from '../spec.ts';
import type { SecretMakers } from './build.ts';
import type { EntryObject } from './patches.ts';

/** A PushSecret, which waits for its store and for what makes its Secret. */
export function pushObjects(
  push: PushModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { kind, name } = push.storeRef;
  const needs = [`${kind}/${name}`, ...makers(push.secret)];
  const hasOwnTerms = push.data.some(entry => 'metadata' in entry);
  return [
    {
      object: pushSecret(push, namespace),
      needs,
      ...(hasOwnTerms && { ownTerms: [[['spec', 'data'], ['keys']]] as const }),
    },
  ];
}

function pushSecret(push: PushModel, namespace: string): KubeObject {
  return {
    apiVersion: 'external-secrets.io/v1alpha1',
    kind: 'PushSecret',
    metadata: { name: push.name, namespace },
    spec: {
      refreshInterval: push.refreshInterval,
      secretStoreRefs: [push.storeRef],
      selector: { secret: { name: push.secret } },
      updatePolicy: push.updatePolicy,
      deletionPolicy: push.deletionPolicy,
      data: push.data,
    },
  };
}

/**
 * A store: a ClusterSecretStore is closed to every namespace but those that use it, since one
 * without conditions serves the whole cluster (docs/facts/eso.md#conditions).
 */
export function secretStore(store: StoreModel, provider: Provider, namespace: string): KubeObject {
  const { name, kind, namespaces } = store;
  const isCluster = kind === 'ClusterSecretStore';
  return {
    apiVersion: 'external-secrets.io/v1',
    kind,
    metadata: isCluster ? { name } : { name, namespace },
    spec: {
      ...(isCluster && { conditions: [{ namespaces }] }),
      provider:
        provider.type === 'given'
          ? provider.provider
          : { kubernetes: kubernetes(provider, isCluster) },
    },
  };
}

/** References name their namespace in a ClusterSecretStore, and must not in a SecretStore. */
function kubernetes(provider: KubernetesProvider, isCluster: boolean): JsonObject {
  const { remoteNamespace, server, serviceAccount } = provider;
  const home = isCluster ? { namespace: provider.home } : {};
  return {
    remoteNamespace,
    server: {
      url: server,
      caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', ...home },
    },
    auth: { serviceAccount: { name: serviceAccount, ...home } },
  };
}

/** What is applied together, in one cluster. */
export interface AppliedSet {
  readonly name: string;
  readonly cluster: string;
  readonly objects: readonly BuiltObject[];
}

/** An environment, or the cluster that several share. */
export interface AppliedUnit {
  readonly name: string;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** A shared cluster has none. */
  readonly namespace?: string;
}

/** The objects of a unit, with what its components add. */
export function allObjects(
  { objects, components: names }: Pick<AppliedUnit, 'components' | 'objects'>,
  components: ComponentObjects,
): KubeObject[] {
  const added = names.flatMap(name => components.get(name) ?? []);
  return [...objects.map(({ object }) => object), ...added];
}

/** The units of a cluster: its environments, and its own where several share it. */
export function unitsIn<T extends AppliedUnit>(
  cluster: string,
  environments: readonly string[],
  units: readonly T[],
): T[] {
  const isShared = environments.length > 1;
  return units.filter(({ name }) => environments.includes(name) || (isShared && name === cluster));
}

/**
 * Looks for the shared cluster that has to be there before a unit, because it has objects that the unit
 * needs. Not when those need an environment in turn, as a ClusterSecretStore does that reads with the
 * ServiceAccount in one: neither is healthy before the other, and trying again settles it.
 */
export function clustersBefore(
  applied: readonly AppliedSet[],
): (one: AppliedSet) => readonly AppliedSet[] {
  const neededBy = needsAmong(applied);
  return one =>
    neededBy(one).filter(other => other.name === other.cluster && neededBy(other).length === 0);
}

/** Looks for the others in a unit's cluster that have an object which it needs and has not itself. */
export function needsAmong(
  applied: readonly AppliedSet[],
): (one: AppliedSet) => readonly AppliedSet[] {
  const owners = new Map<string, AppliedSet[]>();
  for (const one of applied)
    for (const { object } of one.objects) {
      const key = `${one.cluster} ${refOf(object)}`;
      const known = owners.get(key);
      if (known === undefined) owners.set(key, [one]);
      else known.push(one);
    }
  return one => {
    const own = new Set(one.objects.map(({ object }) => refOf(object)));
    const missing = new Set(one.objects.flatMap(({ needs }) => needs.filter(ref => !own.has(ref))));
    return [...new Set([...missing].flatMap(ref => owners.get(`${one.cluster} ${ref}`) ?? []))];
  };
}

/** The ExternalSecret that makes a Secret. */
export function externalSecret(secret: SecretModel, namespace: string): KubeObject {
  const { name, externalSecret: own, storeRef, data, dataFrom } = secret;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: own, namespace },
    spec: {
      ...optional('refreshPolicy', secret.refreshPolicy),
      refreshInterval: secret.refreshInterval,
      ...(storeRef !== undefined && { secretStoreRef: { ...storeRef } }),
      target: {
        name,
        creationPolicy: secret.creationPolicy,
        deletionPolicy: secret.deletionPolicy,
        ...optional('immutable', secret.immutable),
        ...optional('template', secret.template),
      },
      ...(data.length > 0 && { data }),
      ...(dataFrom.length > 0 && { dataFrom }),
    },
  };
}

/** An ESO generator, such as Password: makes values instead of reading them. */
export function generator(
  kind: string,
  spec: JsonObject,
  name: string,
  namespace: string,
): KubeObject {
  return {
    apiVersion: 'generators.external-secrets.io/v1alpha1',
    kind,
    metadata: { name, namespace },
    spec,
  };
}
