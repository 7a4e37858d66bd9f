import type { Path } from '../../ground/finding.ts';
import { mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

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
