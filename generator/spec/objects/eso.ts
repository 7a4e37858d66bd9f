import type { JsonObject } from '../../core/json.ts';
import { type KubeObject, optional } from '../../core/kube-object.ts';
import type {
  KubernetesProvider,
  Model,
  Provider,
  PushModel,
  SecretModel,
  StoreModel,
} from '../model/model.ts';
import { withOwn } from '../own-fields.ts';
import { cnpgDatabaseName } from './cnpg.ts';
import type { EntryObject, SecretMakers } from './patches.ts';

/** A Secret's ExternalSecret and, when it is generated, the generator. */
export function secretObjects(
  secret: SecretModel,
  model: Model,
  makers: SecretMakers,
): EntryObject[] {
  const { name, storeRef, generator: made, reads, creationPolicy } = secret;
  const { namespace } = model;
  const needs = [
    ...(storeRef === undefined ? [] : [`${storeRef.kind}/${storeRef.name}`]),
    ...(made === undefined ? [] : [`${made.kind}/${name}`]),
    ...reads.flatMap(makers),
    ...(creationPolicy === 'Merge'
      ? makers(name).filter(ref => ref !== `ExternalSecret/${secret.externalSecret}`)
      : []),
    ...namedDatabases(secret, model),
  ];
  const ownTerms = [
    ...(secret.dataFrom.length === 0 ? [] : [[['spec', 'dataFrom'], ['dataFrom']] as const]),
    ...('templateFrom' in (secret.template ?? {})
      ? [[['spec', 'target', 'template', 'templateFrom'], ['templateFrom']] as const]
      : []),
  ];
  return [
    { object: externalSecret(secret, namespace), needs, ownTerms },
    ...(made === undefined
      ? []
      : [
          {
            object: generator(made.kind, made.spec, name, namespace),
            ownTerms: [[['spec'], ['generator', 'spec']]] as const,
          },
        ]),
  ];
}

/** The extra Databases that a Secret's connection URLs lead to. */
function namedDatabases({ extraDatabases: named }: SecretModel, { databases }: Model): string[] {
  if (named.length === 0) return [];
  return databases.flatMap(({ name, extraDatabases }) =>
    extraDatabases
      .filter(extra => named.includes(extra.name))
      .map(extra => `Database/${cnpgDatabaseName(extra.name, name)}`),
  );
}

function externalSecret(secret: SecretModel, namespace: string): KubeObject {
  const { storeRef, data, dataFrom } = secret;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: secret.externalSecret, namespace },
    spec: {
      ...optional('refreshPolicy', secret.refreshPolicy),
      refreshInterval: secret.refreshInterval,
      ...(storeRef !== undefined && { secretStoreRef: { ...storeRef } }),
      target: {
        name: secret.name,
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
function generator(kind: string, spec: JsonObject, name: string, namespace: string): KubeObject {
  return {
    apiVersion: 'generators.external-secrets.io/v1alpha1',
    kind,
    metadata: { name, namespace },
    spec,
  };
}

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
  const { name, kind, namespaces, fields } = store;
  const isCluster = kind === 'ClusterSecretStore';
  const built = {
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
  return withOwn(built, fields) as unknown as KubeObject;
}

/** References name their namespace in a ClusterSecretStore, and must not do so in a SecretStore. */
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
