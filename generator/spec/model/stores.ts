import { awsRegionHint, isAwsRegion } from '../../core/aws-regions.ts';
import { missing, type Path, type Report } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { isUnresolved, optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { ESO, servedAlpha } from '../../kinds/eso/group.ts';
import { PARAMETER_NAMES, parameterNameFault, SECURE_STRING } from '../../kinds/eso/stores.ts';
import { STORE_SOURCES } from '../merge.ts';
import { kindsWith, placedFields } from '../own-fields.ts';
import type { PushedKeySpec, PushSpec, Spec, StoreSpec } from '../spec.ts';
import type { Entry, PushModel, SecretLookup, SecretModel, StoreModel, StoreRef } from './model.ts';
import { checkKindFields, checkSecret, entriesOf } from './model.ts';

export function resolveStores(
  { stores }: Spec,
  namespace: string,
  secrets: readonly SecretModel[],
  report: Report,
): StoreModel[] {
  return entriesOf('stores', stores).map(entry => {
    const { spec, path } = entry;
    const { kind = 'ClusterSecretStore' } = spec;
    const provider = resolveProvider(entry, namespace, secrets, report);
    checkKindFields(spec, kind, field => kindsWith('store', field), path, report);
    const fields = placedFields('store', spec, kind);
    return { ...entry, kind, ...provider, namespaces: [namespace], fields };
  });
}

function resolveProvider(
  { name, path, spec: store }: Entry<StoreSpec>,
  namespace: string,
  secrets: readonly SecretModel[],
  report: Report,
): Pick<StoreModel, 'provider' | 'access'> {
  const fields = STORE_SOURCES.filter(field => (store[field] ?? false) !== false);
  if (fields.length !== 1) {
    const message = `store "${name}" has ${fields.length === 0 ? 'no provider' : fields.join(' and ')}`;
    const hint = `Give it exactly one of: ${STORE_SOURCES.join(', ')}.`;
    report({ id: 'store-provider', message, hint, path });
  }
  const { aws, kind, kubernetes, provider } = store;
  if (aws !== undefined) {
    const home = kind === 'SecretStore' ? namespace : undefined;
    return { provider: { aws: awsProvider(aws, [...path, 'aws'], home, report) } };
  }
  if (kubernetes === undefined) return { provider };
  const { remoteNamespace = namespace, serviceAccount = name } = kubernetes;
  const url = kubernetes.server ?? 'https://kubernetes.default.svc';
  // References name their namespace in a ClusterSecretStore, and must not do so in a SecretStore.
  const place = kind === 'SecretStore' ? {} : { namespace: remoteNamespace };
  const caProvider = { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', ...place };
  const auth = { serviceAccount: { name: serviceAccount, ...place } };
  const users = secrets.filter(secret => secret.storeRef?.name === name);
  const isFinding = users.some(({ fetched }) => fetched.dataFrom.some(entry => 'find' in entry));
  const reads = new Set(users.flatMap(({ fetched }) => fetched.remoteReads));
  return {
    provider: { kubernetes: { remoteNamespace, server: { url, caProvider }, auth } },
    access: {
      remoteNamespace,
      serviceAccount,
      home: kind === 'SecretStore' ? namespace : remoteNamespace,
      reads: isFinding ? undefined : [...reads].sort(),
    },
  };
}

type AwsSpec = NonNullable<StoreSpec['aws']>;

function awsProvider(
  { service, region, serviceAccount, role }: AwsSpec,
  path: Path,
  home: string | undefined,
  report: Report,
): JsonObject {
  if (service === undefined) report(missing('service', path, 'service: ParameterStore'));
  if (region === undefined) report(missing('region', path, 'region: us-east-1'));
  else if (!isUnresolved(region) && !isAwsRegion(region)) {
    const message = `AWS has no region "${region}"`;
    const hint = awsRegionHint(region);
    report({ id: 'unknown-region', message, hint, path: [...path, 'region'] });
  }
  const account =
    serviceAccount && irsaAccount(serviceAccount, home, [...path, 'serviceAccount'], report);
  return {
    service: service ?? '',
    region: region ?? '',
    ...optional('role', role),
    ...(account !== undefined && { auth: { jwt: { serviceAccountRef: account } } }),
  };
}

/** A ClusterSecretStore (no `home`) names the namespace of its ServiceAccount; a SecretStore can only use its own. */
function irsaAccount(
  { name, namespace }: NonNullable<AwsSpec['serviceAccount']>,
  home: string | undefined,
  path: Path,
  report: Report,
): JsonObject {
  if (name === undefined) report(missing('name', path, 'name: external-secrets'));
  if (home === undefined && namespace === undefined)
    report(missing('namespace', path, 'namespace: external-secrets'));
  if (home !== undefined && namespace !== undefined && namespace !== home) {
    const message = `a SecretStore takes its ServiceAccount from its own namespace "${home}" only`;
    const hint = 'Leave the namespace out, or make it a ClusterSecretStore.';
    report({ id: 'remote-namespace', message, hint, path: [...path, 'namespace'] });
  }
  return { name: name ?? '', ...(home === undefined && { namespace: namespace ?? '' }) };
}

/** The store that an entry at `path` names. Reports one that is not there. */
export function findStore(
  name: string | undefined,
  path: Path,
  { stores = {} }: Spec,
  report: Report,
): StoreSpec | undefined {
  const found = name !== undefined && Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (name !== undefined && found === undefined) {
    const message = `there is no store "${name}"`;
    const hint = `${knownNames('stores', name, Object.keys(stores))} One that another team makes is declared with \`external: true\`.`;
    report({ id: 'unknown-store', message, hint, path: [...path, 'store'] });
  }
  return found;
}

/** How ESO's objects name a store. */
export function storeRef(name: string, store: StoreSpec | undefined): StoreRef {
  return { kind: store?.kind ?? 'ClusterSecretStore', name };
}

/** The remote key with the store's prefix. Reports at `place` what the store does not allow in a key. */
export function remoteKey(
  { stores = {} }: Spec,
  name: string | undefined,
  key: string,
  place?: { readonly path: Path; readonly report: Report },
): string {
  const { service, prefix = '' } = stores[name ?? '']?.aws ?? {};
  const isBelow = prefix !== '' && !key.startsWith('/');
  const remote = isBelow ? `${prefix.replace(/\/$/, '')}/${key}` : key;
  const wrong = service === 'ParameterStore' && place ? parameterNameFault(remote) : undefined;
  if (wrong !== undefined) {
    const message = `"${remote}" is not a legal parameter name: ${wrong}`;
    const hint = PARAMETER_NAMES;
    place?.report({ id: 'illegal-parameter-name', message, hint, path: place.path });
  }
  return remote;
}

/** A PushSecret, which writes a Secret into a store. Reports Secrets, keys and stores that do not exist. */
export function resolvePush(
  entry: Entry<PushSpec>,
  spec: Spec,
  context: SecretLookup & { readonly namespace: string },
): PushModel {
  const { name, path, spec: push } = entry;
  const { secret = name, keys = {} } = push;
  const { report, namespace } = context;
  const store = checkStore(push, path, spec, report);
  const at = push.secret === undefined ? path : [...path, 'secret'];
  const places = Object.keys(keys).map(key => {
    return { key, path: [...path, 'keys', key], isAboutName: true };
  });
  checkSecret({ secret, path: at, keys: places }, context);
  if (Object.keys(keys).length === 0)
    report(missing('keys', path, 'keys: { password: path/in/the/store }'));
  // Without this the parameter would be clear text.
  const usual = store?.aws?.service === 'ParameterStore' ? SECURE_STRING : undefined;
  const data = Object.entries(keys).map(([key, remote]) => {
    const options: PushedKeySpec = typeof remote === 'string' ? { key: remote } : remote;
    const { key: written, property, metadata = usual } = options;
    const keyPath = [...path, 'keys', key];
    if (written === undefined) report(missing('key', keyPath, 'key: path/in/the/store'));
    const place = written === undefined ? undefined : { path: keyPath, report };
    const remoteRef = {
      remoteKey: remoteKey(spec, push.store, written ?? '', place),
      ...optional('property', property),
    };
    return { match: { secretKey: key, remoteRef }, ...optional('metadata', metadata) };
  });
  const ref = storeRef(push.store ?? '', store);
  const object = {
    apiVersion: `${ESO}/${servedAlpha.versions[0]}`,
    kind: 'PushSecret',
    metadata: { name, namespace },
    spec: {
      refreshInterval: push.refreshInterval ?? '1h',
      secretStoreRefs: [ref],
      selector: { secret: { name: secret } },
      updatePolicy: push.updatePolicy ?? 'Replace',
      deletionPolicy: push.deletionPolicy ?? 'None',
      data,
    },
  };
  return { ...entry, made: { object, reads: [secret], needs: [`${ref.kind}/${ref.name}`] } };
}

/** The store that is written to. A kubernetes store is refused: we make it with the right to read only. */
function checkStore({ store }: PushSpec, path: Path, spec: Spec, report: Report) {
  if (store === undefined) report(missing('store', path, 'store: aws'));
  const found = findStore(store, path, spec, report);
  if (found?.kubernetes !== undefined) {
    const message = `store "${store}" reads Secrets of the cluster, and has no right to write them`;
    const hint =
      'Push into another store; one with more rights stands under resources, and is declared with `external: true`.';
    report({ id: 'store-provider', message, hint, path: [...path, 'store'] });
  }
  return found;
}
