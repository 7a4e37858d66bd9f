import { describe, expect, test } from 'vitest';
import { until } from './cluster.ts';
import { limits } from './limits.ts';
import { forceSync, type SecretRef, setValues, valuesOf } from './live.ts';
import { password, special } from './seeds.ts';
import { type ManifestSet, together } from './sets.ts';

/** A template that makes a URL: its Secret and key, and the login that goes in. */
interface UrlCase {
  readonly target: SecretRef & { readonly key: string };
  readonly login: SecretRef;
  readonly rest: string;
}

const at = (namespace: string, name: string): SecretRef => ({ namespace, name });

const urls: readonly UrlCase[] = [
  {
    target: { ...at('rem-api', 'phoenix-postgres-url'), key: 'PHOENIX_SQL_DATABASE_URL' },
    login: at('rem-api', 'rem-postgres-app'),
    rest: '@rem-postgres-rw.rem-api.svc.cluster.local:5432/phoenixdb',
  },
  {
    target: { ...at('rem-staging', 'phoenix-postgres-url'), key: 'PHOENIX_SQL_DATABASE_URL' },
    login: at('rem-staging', 'rem-postgres-app'),
    rest: '@rem-postgres-rw.rem-staging.svc.cluster.local:5432/phoenixdb',
  },
  {
    target: { ...at('connection-url', 'shop-db-url'), key: 'DATABASE_URL' },
    login: at('connection-url', 'shop-db-app'),
    rest: '@shop-db-rw.connection-url.svc.cluster.local:5432/shop?sslmode=require',
  },
  {
    target: { ...at('url-of-any-secret', 'admin-url'), key: 'URL' },
    login: at('url-of-any-secret', 'shop-db-superuser'),
    rest: '@shop-db-rw.url-of-any-secret.svc.cluster.local:5432/',
  },
  {
    target: { ...at('url-of-any-secret', 'legacy-url'), key: 'URL' },
    login: at('url-of-any-secret', 'legacy-db'),
    rest: '',
  },
  {
    target: { ...at('extra-databases', 'traces-url'), key: 'TRACES_URL' },
    login: at('extra-databases', 'shop-db-app'),
    rest: '@shop-db-rw.extra-databases.svc.cluster.local:5432/traces',
  },
];

describe('a connection URL holds the password unchanged, whatever it is made of', () => {
  test.for(urls.map(url => [`${url.target.namespace}/${url.target.name}`, url] as const))(
    '%s',
    async ([, { target, login, rest }]) => {
      const secret = password();
      const host = rest === '' ? { host: 'db.example.com', port: '5432', dbname: 'shop' } : {};
      await setValues(login, { password: secret, ...host });
      await forceSync(target);
      await until('the URL has the new password', async () => {
        const { [target.key]: text = '' } = await valuesOf(target);
        return decodeURIComponent(new URL(text).password) === secret;
      });
      const { [target.key]: text = '' } = await valuesOf(target);
      const { username = '' } = await valuesOf(login);
      expect(decodeURIComponent(new URL(text).username) === username).toBe(true);
      expect(text.includes(rest), `what follows the password is ${rest}`).toBe(true);
    },
  );
});

describe('a value is what was put in', () => {
  test.for([
    [at('owner-secret', 'shop-db-owner'), 'password'],
    [at('remote-keys', 'payment'), 'api-key'],
    [at('remote-keys', 'payment'), 'ca.p12'],
    [at('remote-keys', 'payment'), 'client-id'],
    [at('rem-api', 'rem-phoenix-api-key'), 'PHOENIX_API_KEY'],
    [at('irsa-store', 'payment'), 'api-key'],
    [at('shared-cluster-staging', 'payment'), 'api-key'],
  ] as const)('%o %s', async ([secret, key]) => {
    const { [key]: value = '' } = await valuesOf(secret);
    expect(value.includes(special)).toBe(true);
  });

  test('dockerconfigjson of a raw template is JSON, and the login is in it', async () => {
    const values = await valuesOf(at('raw-template', 'registry-login'));
    const { auths } = JSON.parse(values['.dockerconfigjson'] ?? '') as {
      readonly auths: Readonly<Record<string, { readonly auth: string }>>;
    };
    const auth = Buffer.from(auths['registry.example.com']?.auth ?? '', 'base64').toString();
    expect(auth.includes(special)).toBe(true);
  });
});

/** What has to be there for a pod to start: optional references may hang. */
function needed({ graph }: ManifestSet): string[] {
  return graph.readers.flatMap(({ namespace, secret, key, isOptional, how, object }) =>
    isOptional
      ? []
      : [`${namespace}/${secret} ${key ?? '*'} for ${object.kind}/${object.name} (${how})`],
  );
}

describe('every reference of a reader resolves', () => {
  test.for(together().map(set => [set.name, set] as const))('%s', async ([world, set]) => {
    const dangling = await Promise.all(
      needed(set).map(async text => {
        const [id = '', key = ''] = text.split(' ');
        const [namespace = '', name = ''] = id.split('/');
        const values = await valuesOf({ namespace, name }).catch(() => undefined);
        if (values !== undefined && (key === '*' || key in values)) return [];
        if (limits[world]?.includes(`${id} has no key ${key}`)) return [];
        return [text];
      }),
    );
    expect(dangling.flat()).toEqual([]);
  });
});
