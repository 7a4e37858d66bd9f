import { describe, expect, test } from 'vitest';
import { yamlIn } from '../machine.ts';
import { until } from './cluster.ts';
import { forceSync, type SecretRef, setValues, valuesOf } from './live.ts';
import { password, special } from './seeds.ts';
import { known, type ManifestSet, together } from './sets.ts';

/** A template that makes a URL: its Secret and key, and the login that goes in. */
interface UrlCase {
  readonly target: SecretRef & { readonly key: string };
  readonly login: string;
  readonly rest: string;
}

const { urls, values } = yamlIn<{
  readonly urls: readonly UrlCase[];
  readonly values: readonly [namespace: string, name: string, key: string][];
}>(import.meta.dirname, 'values.yaml');

describe('a connection URL holds the password unchanged, whatever it is made of', () => {
  test.for(urls.map(url => [`${url.target.namespace}/${url.target.name}`, url] as const))(
    '%s',
    async ([, { target, login: name, rest }]) => {
      const login = { namespace: target.namespace, name };
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
  test.for(values)('%s/%s %s', async ([namespace, name, key]) => {
    const { [key]: value = '' } = await valuesOf({ namespace, name });
    expect(value.includes(special)).toBe(true);
  });

  test('dockerconfigjson of a raw template is JSON, and the login is in it', async () => {
    const values = await valuesOf({ namespace: 'raw-template', name: 'registry-login' });
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
        if (known.limits[world]?.includes(`${id} has no key ${key}`)) return [];
        return [text];
      }),
    );
    expect(dangling.flat()).toEqual([]);
  });
});
