import type { Path, Report } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { Named } from '../spec/named.ts';
import type { Spec, StoreSpec } from '../spec/spec.ts';
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
  if (store.aws !== undefined) return awsProvider(name, store, namespace, report);
  if (store.kubernetes !== undefined) {
    return {
      type: 'kubernetes',
      ...kubernetesProvider(name, store, namespace, secrets),
    };
  }
  return store.provider === undefined ? undefined : { type: 'other', provider: store.provider };
}

function awsProvider(
  name: string,
  { kind, aws = {} }: StoreSpec,
  namespace: string,
  report: Report,
): Provider {
  const { service, region, prefix = '', serviceAccount, role } = aws;
  const path = ['stores', name, 'aws'];
  if (service === undefined) report(missing('service', path, 'service: ParameterStore'));
  if (region === undefined) report(missing('region', path, 'region: us-east-1'));
  const home = kind === 'SecretStore' ? namespace : undefined;
  const account = serviceAccount && irsaAccount(serviceAccount, home, path, report);
  const provider: JsonObject = {
    service: service ?? '',
    region: region ?? '',
    ...(role !== undefined && { role }),
    ...(account !== undefined && { auth: { jwt: { serviceAccountRef: account } } }),
  };
  return { type: 'aws', aws: provider, prefix };
}

type ServiceAccount = NonNullable<NonNullable<StoreSpec['aws']>['serviceAccount']>;

/** In a ClusterSecretStore every reference names its namespace; a SecretStore has its own only. */
function irsaAccount(
  { name, namespace }: ServiceAccount,
  home: string | undefined,
  store: Path,
  report: Report,
): JsonObject {
  const path = [...store, 'serviceAccount'];
  if (name === undefined) report(missing('name', path, 'name: external-secrets'));
  if (home === undefined && namespace === undefined) {
    report(missing('namespace', path, 'namespace: external-secrets'));
  }
  if (home !== undefined && namespace !== undefined && namespace !== home) {
    report({
      id: 'remote-namespace',
      message: `a SecretStore takes its ServiceAccount from its own namespace "${home}" only`,
      hint: 'Leave the namespace out, or make it a ClusterSecretStore.',
      path: [...path, 'namespace'],
    });
  }
  return { name: name ?? '', ...(home === undefined && { namespace: namespace ?? '' }) };
}

function kubernetesProvider(
  name: string,
  { kind, kubernetes: store = {} }: StoreSpec,
  namespace: string,
  secrets: readonly SecretModel[],
): KubernetesProvider {
  const users = secrets.filter(secret => secret.storeRef?.name === name);
  const isFinding = users.some(secret => secret.dataFrom.some(entry => 'find' in entry));
  return {
    remoteNamespace: store.remoteNamespace ?? namespace,
    server: store.server ?? 'https://kubernetes.default.svc',
    serviceAccount: store.serviceAccount ?? name,
    home: kind === 'SecretStore' ? namespace : (store.remoteNamespace ?? namespace),
    reads: isFinding ? undefined : [...new Set(users.flatMap(secret => secret.remoteReads))].sort(),
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
