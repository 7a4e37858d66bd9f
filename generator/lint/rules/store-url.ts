import { textAt } from '../../core/json.ts';
import { STORES } from '../../kinds/eso/stores.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

/** Fields of providers with a whole URL, which ESO calls as it is. */
const URLS: readonly (readonly string[])[] = [
  'akeyless.akeylessGWApiURL azurekv.vaultUrl bitwardensecretsmanager.apiURL',
  'bitwardensecretsmanager.bitwardenServerSDKURL bitwardensecretsmanager.identityURL',
  'chef.serverUrl conjur.url gitlab.url infisical.hostAPI onepassword.connectHost vault.server',
  'webhook.url',
].flatMap(line => line.split(' ').map(field => field.split('.')));

export const storeUrl: Rule = error('store-url', STORES, function* (object) {
  for (const field of URLS) {
    const url = textAt(specOf(object), 'provider', ...field) ?? '';
    if (url === '' || !isWithoutScheme(url)) continue;
    yield {
      path: ['spec', 'provider', ...field],
      message: `the URL of ${object.kind} "${object.name}" has no scheme`,
      hint: 'Begin it with https://, or with http:// inside of the cluster.',
    };
  }
});

/** A variable at the beginning may hold the scheme, unless it is named for a host and has a port. */
const HOST_VARIABLE = /^\$\{\w{0,99}(?:IP|HOST|HOSTNAME|ADDR|ADDRESS|DOMAIN|FQDN)\}(?::\d|\/)/i;

function isWithoutScheme(url: string): boolean {
  const text = url.trim();
  if (/^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(text)) return false;
  return HOST_VARIABLE.test(text) || !/^(?:\$|\{\{|<)/.test(text);
}
