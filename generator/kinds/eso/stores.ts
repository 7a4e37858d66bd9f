import type { ObjectName, Path } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { type Find, type How, type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { ESO, served } from './group.ts';

/** Where a provider is, and as whom it is asked: its secrets are references. */
const STORE_FIELDS = [
  'spec.provider.*.server',
  'spec.provider.*.url',
  'spec.provider.*.vaultUrl',
  'spec.provider.*.projectID',
  'spec.provider.*.project',
  'spec.provider.*.vault',
  'spec.provider.*.vaults.*',
  'spec.provider.*.auth.*.role',
  'spec.provider.*.auth.*.mountPath',
  'spec.provider.*.server.url',
];

const store = {
  group: ESO,
  served,
  data: { isPrecious: true },
  reads: loginReads,
  secrets: { byHand: (object: PlacedObject) => loginReads(object).map(({ secret }) => secret) },
} as const;

export const secretStore: Kind = {
  ...store,
  kind: 'SecretStore',
  /** The provider for tests holds values. */
  fields: { secretNames: ['fake'], shows: STORE_FIELDS },
};

export const clusterSecretStore: Kind = {
  ...store,
  kind: 'ClusterSecretStore',
  isOfCluster: true,
  isUnmistakable: true,
  fields: { shows: STORE_FIELDS },
};

/** The Secrets that a store logs in with. */
function loginReads(object: PlacedObject): Read[] {
  return providerReads(mapAt(specOf(object), 'provider'), ['spec', 'provider']);
}

/** All references to keys of Secrets below a provider: each map with `name` and `key`, but of a ConfigMap. */
export function providerReads(value: Json, path: Path, how: How = 'store'): Read[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => providerReads(entry, [...path, index], how));
  if (!isMap(value) || isOfConfigMap(value, path)) return [];
  if (typeof value['name'] === 'string' && typeof value['key'] === 'string')
    return refRead(value, { path, how, namespace: textAt(value, 'namespace') });
  return Object.entries(value).flatMap(([name, child]) =>
    providerReads(child, [...path, name], how),
  );
}

function isOfConfigMap(value: JsonObject, path: Path): boolean {
  const field = path.at(-1);
  return field === 'credConfig' || (field === 'caProvider' && value['type'] !== 'Secret');
}

/** What a `secretStoreRef` may name. */
export const STORES: readonly Kind[] = [secretStore, clusterSecretStore];

/** The kind of store that a reference names; undefined: there is none. */
export function storeKind(kind: string): Kind | undefined {
  return BY_NAME.get(kind);
}

/** A map, as each entry of each ExternalSecret is looked up. */
const BY_NAME: ReadonlyMap<string, Kind> = new Map(STORES.map(known => [known.kind, known]));

/** The store that a reference in a namespace means. */
export function storeOf(find: Find, ref: StoreRef, namespace: string): PlacedObject | undefined {
  const kind = storeKind(ref.kind);
  return kind && find(kind, kind.isOfCluster ? '' : namespace, ref.name);
}

export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** A reference to a store, by default to a SecretStore (docs/facts/eso.md#store-references). */
export function storeRefOf(value: unknown, path: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? secretStore.kind;
  return { kind, name: textAt(value, 'name') ?? '', path };
}

/** The name of a store; a ClusterSecretStore has no namespace. */
export function storeName({ kind, name }: Omit<StoreRef, 'path'>, namespace: string): ObjectName {
  return kind === clusterSecretStore.kind ? { kind, name } : { kind, namespace, name };
}

/** Fields of providers with a whole URL, which ESO calls as it is. */
const URLS: readonly (readonly string[])[] = [
  ['akeyless', 'akeylessGWApiURL'],
  ['azurekv', 'vaultUrl'],
  ['bitwardensecretsmanager', 'apiURL'],
  ['bitwardensecretsmanager', 'bitwardenServerSDKURL'],
  ['bitwardensecretsmanager', 'identityURL'],
  ['chef', 'serverUrl'],
  ['conjur', 'url'],
  ['gitlab', 'url'],
  ['infisical', 'hostAPI'],
  ['onepassword', 'connectHost'],
  ['vault', 'server'],
  ['webhook', 'url'],
];

/** The URLs that a store calls, and their fields. */
export function storeUrls(store: PlacedObject): { readonly url: string; readonly path: Path }[] {
  const provider = mapAt(specOf(store), 'provider');
  return URLS.flatMap(field => {
    const url = textAt(provider, ...field);
    return url === undefined || url === '' ? [] : [{ url, path: ['spec', 'provider', ...field] }];
  });
}

/** Fields that say how a store is reached: it reads the same, as long as it can connect (docs/facts/eso.md#vaults-of-1password). */
export const WAY_FIELDS: ReadonlySet<string> = new Set(['caBundle', 'caProvider', 'connectHost']);

/** What decides which values a store reads: its provider without the login and the way to it. Undefined: only the login does. */
export function valueSettings(store: PlacedObject): JsonObject | undefined {
  const provider = mapAt(specOf(store), 'provider');
  const settings = Object.entries(provider).map(([name, fields]): [string, JsonObject] => {
    const entries = Object.entries(mapAt(fields));
    return [
      name,
      Object.fromEntries(entries.filter(([field]) => field !== 'auth' && !WAY_FIELDS.has(field))),
    ];
  });
  const isKnown = settings.some(([, fields]) => Object.keys(fields).length > 0);
  return isKnown ? Object.fromEntries(settings) : undefined;
}

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: PlacedObject): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes']) || Object.keys(provider).length > 1) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}

/** Whether a kubernetes store reads the cluster that it is in. */
export function isInCluster(store: PlacedObject): boolean {
  const url = textAt(specOf(store), 'provider', 'kubernetes', 'server', 'url');
  return remoteNamespaceOf(store) !== undefined && isOwnApiServer(url ?? 'kubernetes.default');
}

/** Whether a URL is one that the API server has inside of its cluster. */
export function isOwnApiServer(url: string): boolean {
  return /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:\d+)?\/?$/.test(url);
}

/** The services of AWS that ESO's provider reads and writes. */
export type AwsService = 'ParameterStore' | 'SecretsManager';

/** The same, and the services that its generators call. */
export type AskedService = AwsService | 'ContainerRegistry' | 'PublicContainerRegistry';

/** What ESO does with an entry; `token` is that of a registry. */
export type AwsUse =
  | 'value'
  | 'metadata'
  | 'path'
  | 'names'
  | 'tags'
  | 'push'
  | 'new tags'
  | 'no policy'
  | 'policy'
  | 'replicas'
  | 'delete'
  | 'token';

export interface AwsCall {
  /** As IAM names it. */
  readonly action: string;
  /** The resources to allow: the entry, the path and all below it, all that a search may find, or everything. */
  readonly on: 'entry' | 'path' | 'found' | 'everything';
  /** The end of a sentence: `which ESO calls …`. */
  readonly when: string;
  /** What the caller needs on a customer's key that encrypts the value. */
  readonly key?: 'read' | 'write';
  /** The action that ESO calls if this one is refused. */
  readonly other?: string;
  /** How many entries one call of a search returns. */
  readonly page?: number;
  /** A refresh without changes does not call it, or it is allowed only because another call needs it. */
  readonly isRare?: true;
}

/** The calls to a service, by what ESO does there. */
export type CallTable = Readonly<Partial<Record<AwsUse, readonly AwsCall[]>>>;

/** An object with which ESO calls AWS, and its login. */
export interface AwsSource {
  readonly object: PlacedObject;
  /** The path of the settings. */
  readonly path: Path;
  readonly settings: JsonObject;
  readonly service: AskedService;
  readonly region: string;
}

export interface AwsStore extends AwsSource {
  readonly service: AwsService;
}

/** A store as one of AWS; undefined: it reads something else. */
export function awsStore(object: PlacedObject): AwsStore | undefined {
  const settings = mapAt(specOf(object), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { object, path: ['spec', 'provider', 'aws'], settings, service, region };
}
