import type { ObjectName, Path } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { type How, type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { ESO, GENERATORS, served, servedAlpha } from './group.ts';

export const secretStore: Kind = {
  group: ESO,
  kind: 'SecretStore',
  served,
  data: { isPrecious: true },
  reads: loginReads,
  secrets: { byHand: object => loginReads(object).map(({ secret }) => secret) },
  /** Of the provider for tests. */
  fields: { secretNames: ['fake'] },
};

export const clusterSecretStore: Kind = {
  group: ESO,
  kind: 'ClusterSecretStore',
  isOfCluster: true,
  data: { isPrecious: true },
  isUnmistakable: true,
  served,
  reads: loginReads,
  secrets: { byHand: object => loginReads(object).map(({ secret }) => secret) },
};

/** What a store logs in with. */
function loginReads(object: PlacedObject): Read[] {
  return providerReads(mapAt(specOf(object), 'provider'), ['spec', 'provider']);
}

/**
 * References to keys of Secrets anywhere below a provider: every provider has them under names of
 * its own, and all have `name` and `key`, which nothing else has but two that may name a ConfigMap
 * (ESO's schema of a ClusterSecretStore). A ClusterSecretStore's name their namespace.
 */
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

/** Each entry of each ExternalSecret asks. */
const BY_NAME: ReadonlyMap<string, Kind> = new Map(STORES.map(known => [known.kind, known]));

/** A store that something names, and where. */
export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** A reference to a store; without a kind it means a SecretStore (docs/facts/eso.md#store-references). */
export function storeRefOf(value: unknown, path: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? secretStore.kind;
  return { kind, name: textAt(value, 'name') ?? '', path };
}

/** A store as it is called; a ClusterSecretStore has no namespace. */
export function storeName({ kind, name }: Omit<StoreRef, 'path'>, namespace: string): ObjectName {
  return kind === clusterSecretStore.kind ? { kind, name } : { kind, namespace, name };
}

/** Fields of providers that are whole URLs, which ESO asks as they are. */
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

/** The URLs that a store asks, and where they stand. */
export function storeUrls(store: PlacedObject): { readonly url: string; readonly path: Path }[] {
  const provider = mapAt(specOf(store), 'provider');
  return URLS.flatMap(field => {
    const url = textAt(provider, ...field);
    return url === undefined || url === '' ? [] : [{ url, path: ['spec', 'provider', ...field] }];
  });
}

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: PlacedObject): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes']) || Object.keys(provider).length > 1) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}

/** Whether a kubernetes store reads this cluster, whose RBAC may be in the set. */
export function isInCluster(store: PlacedObject): boolean {
  const url = textAt(specOf(store), 'provider', 'kubernetes', 'server', 'url');
  return remoteNamespaceOf(store) !== undefined && isOwnApiServer(url ?? 'kubernetes.default');
}

/** The names that the API server has inside of its cluster. */
export function isOwnApiServer(url: string): boolean {
  return /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:\d+)?\/?$/.test(url);
}

/** The services of AWS that ESO's provider reads and writes. */
export type AwsService = 'ParameterStore' | 'SecretsManager';

/** Those, and the ones that its generators ask. */
export type AskedService = AwsService | 'ContainerRegistry' | 'PublicContainerRegistry';

/**
 * What ESO does with an entry: reads its value or its tags, searches by path, by name alone or by
 * tags, pushes, gives what it pushed other tags, a resource policy or replicas, or deletes it; of a
 * registry it gets a token.
 */
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

/** A call to AWS that ESO makes. */
export interface AwsCall {
  /** As IAM names it. */
  readonly action: string;
  /**
   * What it is allowed on: the entry, the path and all below it, what a search may find, or
   * everything, where AWS knows no resource for the action.
   */
  readonly on: 'entry' | 'path' | 'found' | 'everything';
  /** `which ESO calls …`. */
  readonly when: string;
  /** What the caller has to be allowed on a customer's key that encrypts the value. */
  readonly key?: 'read' | 'write';
  /** What ESO takes instead where it is refused. */
  readonly other?: string;
  /** Of a search: how many entries one call brings; else one call is made. */
  readonly page?: number;
  /** Not made at a refresh that changes nothing, or allowed for the sake of another call alone. */
  readonly isRare?: true;
}

/** The calls of a service, by what ESO does there; none where it has no such thing. */
export type CallTable = Readonly<Partial<Record<AwsUse, readonly AwsCall[]>>>;

/** What asks AWS, and how it logs in there. */
export interface AwsSource {
  readonly object: PlacedObject;
  /** Of its settings, from the object. */
  readonly path: Path;
  readonly settings: JsonObject;
  readonly service: AskedService;
  readonly region: string;
}

/** A store that reads AWS. */
export interface AwsStore extends AwsSource {
  readonly service: AwsService;
}

/** A store's AWS settings; undefined when it reads something else. */
export function awsStore(object: PlacedObject): AwsStore | undefined {
  const settings = mapAt(specOf(object), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { object, path: ['spec', 'provider', 'aws'], settings, service, region };
}

/** Gives the values that are written in it, for tests. */
export const fakeGenerator: Kind = {
  group: GENERATORS,
  kind: 'Fake',
  served: servedAlpha,
  fields: { contentAt: ([field]) => (field === 'spec' ? 'secret' : undefined) },
};
