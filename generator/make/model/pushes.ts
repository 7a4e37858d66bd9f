import type { Path } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import { optional } from '../../ground/kube-object.ts';
import type { PushedKeySpec, PushSpec } from '../spec/secret-spec.ts';
import type { Spec, StoreSpec } from '../spec/spec.ts';
import { missing } from './missing-field.ts';
import type { PushModel } from './model.ts';
import { shortForm } from './providers.ts';
import { checkSecret, type SecretLookup } from './references.ts';
import { checkRemoteKey, findStore, remoteKey } from './stores.ts';

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
    patch: push.patch ?? {},
    secret,
    storeRef: { kind: store?.kind ?? 'ClusterSecretStore', name: push.store ?? '' },
    refreshInterval: push.refreshInterval ?? '1h',
    updatePolicy: push.updatePolicy ?? 'Replace',
    deletionPolicy: push.deletionPolicy ?? 'None',
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

/** Where one key goes, as the store knows it. */
function pushedRef(
  { key, property }: PushedKeySpec,
  { store }: PushSpec,
  path: Path,
  spec: Spec,
  { report }: SecretLookup,
): JsonObject {
  if (key === undefined) report(missing('key', path, 'key: path/in/the/store'));
  const remote = remoteKey(spec.stores ?? {}, store, key ?? '');
  if (key !== undefined) checkRemoteKey(spec, store, remote, path, report);
  return { remoteKey: remote, ...optional('property', property) };
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
    report({
      id: 'store-provider',
      message: `store "${store}" reads Secrets of the cluster, and has no right to write them`,
      hint: 'Push into another store; one with more rights stands under resources, and is declared with `external: true`.',
      path: [...path, 'store'],
    });
  }
  return found;
}
