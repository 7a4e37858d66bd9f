import type { Report } from '../source/finding.ts';
import type { JsonObject, Named, Spec, StoreSpec } from '../spec/spec.ts';
import { missing } from './missing-field.ts';
import type { KubernetesProvider, Provider, SecretModel, StoreModel } from './model.ts';

/** The stores, with what the secrets read through them. */
export function resolveStores(
  spec: Spec,
  namespace: string,
  secrets: readonly SecretModel[],
  report: Report,
): StoreModel[] {
  return Object.entries(spec.stores ?? {}).map(([name, store]) => ({
    name,
    path: ['stores', name],
    patch: store.patch ?? {},
    kind: store.kind ?? 'ClusterSecretStore',
    provider: resolveProvider(name, store, namespace, secrets, report),
    namespaces: [namespace],
  }));
}

function resolveProvider(
  name: string,
  store: StoreSpec,
  namespace: string,
  secrets: readonly SecretModel[],
  report: Report,
): Provider | undefined {
  const path = ['stores', name];
  const given = (['aws', 'kubernetes', 'provider', 'external'] as const).filter(
    field => store[field] !== undefined && store[field] !== false,
  );
  if (given.length !== 1) {
    report({
      id: 'store-provider',
      message: `store "${name}" has ${given.length === 0 ? 'no provider' : given.join(' and ')}`,
      hint: 'Give it exactly one of: aws, kubernetes, provider, external.',
      path,
    });
  }
  if (store.aws !== undefined) return awsProvider(name, store.aws, report);
  if (store.kubernetes !== undefined) {
    return {
      type: 'kubernetes',
      ...kubernetesProvider(name, store.kubernetes, namespace, secrets),
    };
  }
  return store.provider === undefined ? undefined : { type: 'other', provider: store.provider };
}

function awsProvider(name: string, aws: NonNullable<StoreSpec['aws']>, report: Report): Provider {
  const { service, region, prefix = '', serviceAccount, role } = aws;
  const path = ['stores', name, 'aws'];
  if (service === undefined) report(missing('service', path, 'service: ParameterStore'));
  if (region === undefined) report(missing('region', path, 'region: us-east-1'));
  if (serviceAccount !== undefined && !(serviceAccount.name && serviceAccount.namespace)) {
    report(missing('name and namespace', [...path, 'serviceAccount'], 'name: external-secrets'));
  }
  const provider: JsonObject = {
    service: service ?? '',
    region: region ?? '',
    ...(role !== undefined && { role }),
    ...(serviceAccount !== undefined && {
      auth: { jwt: { serviceAccountRef: { ...serviceAccount } } },
    }),
  };
  return { type: 'aws', aws: provider, prefix };
}

function kubernetesProvider(
  name: string,
  store: NonNullable<StoreSpec['kubernetes']>,
  namespace: string,
  secrets: readonly SecretModel[],
): KubernetesProvider {
  const users = secrets.filter(secret => secret.storeRef?.name === name);
  const isFinding = users.some(secret => secret.dataFrom.some(entry => 'find' in entry));
  return {
    remoteNamespace: store.remoteNamespace ?? namespace,
    server: store.server ?? 'https://kubernetes.default.svc',
    serviceAccount: store.serviceAccount ?? name,
    reads: isFinding ? undefined : [...new Set(users.flatMap(secret => secret.reads))].sort(),
  };
}

/** The remote key as the store knows it: behind the store's prefix, unless it starts with a slash. */
export function remoteKey(
  stores: Named<StoreSpec>,
  store: string | undefined,
  key: string,
): string {
  const prefix = store === undefined ? undefined : stores[store]?.aws?.prefix;
  if (prefix === undefined || prefix === '' || key.startsWith('/')) return key;
  return `${prefix.replace(/\/$/, '')}/${key}`;
}
