import type { Path, Report } from '../../core/finding.ts';
import { knownNames } from '../../core/names.ts';
import type { Named, Spec, StoreSpec } from '../spec.ts';
import type { KubernetesProvider, Provider, SecretModel, StoreModel } from './model.ts';
import { PROVIDER_NAMES, shortForm } from './providers.ts';

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

/** Ways to say where a store reads. */
const FORMS = [...PROVIDER_NAMES, 'kubernetes', 'provider', 'external'] as const;

function resolveProvider(
  name: string,
  store: StoreSpec,
  namespace: string,
  secrets: readonly SecretModel[],
  report: Report,
): Provider | undefined {
  const path = ['stores', name];
  const given = FORMS.filter(field => store[field] !== undefined && store[field] !== false);
  if (given.length !== 1) {
    report({
      id: 'store-provider',
      message: `store "${name}" has ${given.length === 0 ? 'no provider' : given.join(' and ')}`,
      hint: `Give it exactly one of: ${FORMS.join(', ')}.`,
      path,
    });
  }
  const short = shortForm(store);
  if (short !== undefined) {
    const home = store.kind === 'SecretStore' ? namespace : undefined;
    const settings = short.resolve(store, { path: [...path, short.name], home, report });
    return { type: 'given', provider: { [short.name]: settings }, isVerbatim: false };
  }
  if (store.kubernetes !== undefined) {
    return { type: 'kubernetes', ...kubernetesProvider(name, store, namespace, secrets) };
  }
  if (store.provider === undefined) return undefined;
  return { type: 'given', provider: store.provider, isVerbatim: true };
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

/** A store of the spec by its name. Reports one that is not there. */
export function findStore(
  name: string,
  stores: Named<StoreSpec>,
  path: Path,
  report: Report,
): StoreSpec | undefined {
  const found = Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (found === undefined) {
    report({
      id: 'unknown-store',
      message: `there is no store "${name}"`,
      hint: `${knownNames('stores', name, Object.keys(stores))} One that another team makes is declared with \`external: true\`.`,
      path,
    });
  }
  return found;
}

/** The remote key as the store knows it. */
export function remoteKey(stores: Named<StoreSpec>, name: string | undefined, key: string): string {
  const store = name === undefined ? undefined : stores[name];
  return (store && shortForm(store)?.remoteKey?.(store, key)) ?? key;
}

/** Reports what the store refuses in a remote key. */
export function checkRemoteKey(
  { stores = {} }: Spec,
  name: string | undefined,
  key: string,
  path: Path,
  report: Report,
): void {
  const store = name === undefined ? undefined : stores[name];
  if (store !== undefined) shortForm(store)?.checkKey?.(store, key, path, report);
}
