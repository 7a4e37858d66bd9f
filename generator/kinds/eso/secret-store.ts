import type { Path } from '../../ground/finding.ts';
import { isMap, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { ESO, served } from './group.ts';
import { providerReads } from './provider-reads.ts';

export const secretStore: Kind = {
  group: ESO,
  kind: 'SecretStore',
  served,
  isPrecious: true,
  reads: loginReads,
  byHand: object => loginReads(object).map(({ secret }) => secret),
  /** Of the provider for tests. */
  secretFields: ['fake'],
};

/** What a store logs in with. */
export function loginReads(object: PlacedObject): Read[] {
  return providerReads(mapAt(specOf(object), 'provider'), ['spec', 'provider']);
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
