import { missing, type Path, type Report } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { kindsWith, type PlacedField, placedFields } from '../own-fields.ts';
import type { Named, PushedKeySpec, PushSpec, Spec, StoreSpec } from '../spec.ts';
import {
  checkSecret,
  type KubernetesProvider,
  marksOf,
  otherKindsField,
  type Provider,
  type PushModel,
  type SecretLookup,
  type SecretModel,
  type StoreModel,
} from './model.ts';
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
    ...marksOf(store),
    kind: store.kind ?? 'ClusterSecretStore',
    provider: resolveProvider(name, store, namespace, secrets, report),
    namespaces: [namespace],
    fields: ownFieldsOf(name, store, report),
  }));
}

function ownFieldsOf(name: string, store: StoreSpec, report: Report): PlacedField[] {
  const { kind = 'ClusterSecretStore' } = store;
  for (const field of Object.keys(store)) {
    const kinds = kindsWith('store', field);
    if (kinds.length > 0 && !kinds.includes(kind))
      report(otherKindsField(kind, kinds, ['stores', name, field]));
  }
  return placedFields('store', kind, store);
}

function resolveProvider(
  name: string,
  store: StoreSpec,
  namespace: string,
  secrets: readonly SecretModel[],
  report: Report,
): Provider | undefined {
  const path = ['stores', name];
  const fields = FORMS.filter(field => store[field] !== undefined && store[field] !== false);
  if (fields.length !== 1) {
    const message = `store "${name}" has ${fields.length === 0 ? 'no provider' : fields.join(' and ')}`;
    const hint = `Give it exactly one of: ${FORMS.join(', ')}.`;
    report({ id: 'store-provider', message, hint, path });
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

const FORMS = [...PROVIDER_NAMES, 'kubernetes', 'provider', 'external'] as const;

function kubernetesProvider(
  name: string,
  { kind, kubernetes: store = {} }: StoreSpec,
  namespace: string,
  secrets: readonly SecretModel[],
): KubernetesProvider {
  const users = secrets.filter(secret => secret.storeRef?.name === name);
  const isFinding = users.some(({ fetched }) => fetched.dataFrom.some(entry => 'find' in entry));
  return {
    remoteNamespace: store.remoteNamespace ?? namespace,
    server: store.server ?? 'https://kubernetes.default.svc',
    serviceAccount: store.serviceAccount ?? name,
    home: kind === 'SecretStore' ? namespace : (store.remoteNamespace ?? namespace),
    reads: isFinding
      ? undefined
      : [...new Set(users.flatMap(({ fetched }) => fetched.remoteReads))].sort(),
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
    const hint = `${knownNames('stores', name, Object.keys(stores))} One that another team makes is declared with \`external: true\`.`;
    report({ id: 'unknown-store', message: `there is no store "${name}"`, hint, path });
  }
  return found;
}

/** How ESO's objects name a store. */
export function storeRef(
  name: string,
  store: StoreSpec | undefined,
): { readonly kind: string; readonly name: string } {
  return { kind: store?.kind ?? 'ClusterSecretStore', name };
}

/** The remote key as the store knows it, such as with its prefix. What the store refuses in it is reported at `place`. */
export function remoteKey(
  { stores = {} }: Spec,
  name: string | undefined,
  key: string,
  place?: { readonly path: Path; readonly report: Report },
): string {
  const store = name === undefined ? undefined : stores[name];
  const form = store && shortForm(store);
  if (form === undefined) return key;
  const remote = form.remoteKey?.(store ?? {}, key) ?? key;
  if (place !== undefined) form.checkKey?.(store ?? {}, remote, place.path, place.report);
  return remote;
}

/** What Secrets of the environment write into stores. Reports names that lead nowhere. */
export function resolvePushes(spec: Spec, lookup: SecretLookup): PushModel[] {
  return Object.entries(spec.push ?? {}).map(([name, push]) =>
    resolvePush(name, push, spec, lookup),
  );
}

function resolvePush(name: string, push: PushSpec, spec: Spec, lookup: SecretLookup): PushModel {
  const path = ['push', name];
  const { secret = name, keys = {} } = push;
  const store = checkStore(push, path, spec, lookup);
  const secretPath = push.secret === undefined ? path : [...path, 'secret'];
  checkSecret({ secret }, secretPath, secretPath, lookup);
  if (Object.keys(keys).length === 0)
    lookup.report(missing('keys', path, 'keys: { password: path/in/the/store }'));
  return {
    name,
    path,
    ...marksOf(push),
    spec: push,
    storeRef: storeRef(push.store ?? '', store),
    data: Object.entries(keys).map(([key, remote]) => {
      const at = [...path, 'keys', key];
      if (lookup.lookUp(secret) !== undefined)
        checkSecret({ secret, key, isKeyName: true }, at, at, lookup);
      const { metadata = store && shortForm(store)?.pushMetadata?.(store), ...options } =
        typeof remote === 'string' ? { key: remote } : remote;
      const remoteRef = pushedRef(options, push, at, spec, lookup);
      return { match: { secretKey: key, remoteRef }, ...optional('metadata', metadata) };
    }),
  };
}

/** The store that is written to. One of this cluster's Secrets is made with the right to read alone. */
function checkStore(
  { store }: PushSpec,
  path: Path,
  { stores = {} }: Spec,
  { report }: SecretLookup,
): StoreSpec | undefined {
  if (store === undefined) report(missing('store', path, 'store: aws'));
  const found =
    store === undefined ? undefined : findStore(store, stores, [...path, 'store'], report);
  if (found?.kubernetes !== undefined) {
    const message = `store "${store}" reads Secrets of the cluster, and has no right to write them`;
    const hint =
      'Push into another store; one with more rights stands under resources, and is declared with `external: true`.';
    report({ id: 'store-provider', message, hint, path: [...path, 'store'] });
  }
  return found;
}

function pushedRef(
  { key, property }: PushedKeySpec,
  { store }: PushSpec,
  path: Path,
  spec: Spec,
  { report }: SecretLookup,
): JsonObject {
  if (key === undefined) report(missing('key', path, 'key: path/in/the/store'));
  const place = key === undefined ? undefined : { path, report };
  return { remoteKey: remoteKey(spec, store, key ?? '', place), ...optional('property', property) };
}
