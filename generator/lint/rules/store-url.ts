import { STORES, storeUrls } from '../../kinds/eso/stores.ts';
import { error, type Rule } from '../rule.ts';

export const storeUrl: Rule = error('store-url', function* ({ byKind }) {
  for (const object of STORES.flatMap(byKind))
    for (const { url, path } of storeUrls(object)) {
      if (!isWithoutScheme(url)) continue;
      yield {
        object,
        path,
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
