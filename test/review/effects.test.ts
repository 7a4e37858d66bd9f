import { expect, test } from 'vitest';
import { configMap, podReading } from '../manifests.ts';
import { compared } from './repository.ts';

interface Written {
  readonly name?: string;
  readonly interval?: string;
  readonly store?: string;
  readonly path?: string;
  readonly keys?: readonly string[];
}

function externalSecret(written: Written): string {
  const {
    name = 'login',
    interval = '1h',
    store = 'aws',
    path = '/shop',
    keys = ['user'],
  } = written;
  const data = keys.map(key => `  - { secretKey: ${key}, remoteRef: { key: ${path}/${key} } }\n`);
  return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: shop }
spec:
  refreshInterval: ${interval}
  secretStoreRef: { kind: ClusterSecretStore, name: ${store} }
  data:
${data.join('')}`;
}

const reader = (name: string): string => podReading('login', name);

async function effect(base: string, head: string): Promise<string[]> {
  const lines = (await compared(base, head)).split('\n');
  const start = lines.findIndex(line => line.startsWith('Secret '));
  return lines.slice(start, lines.indexOf('', start));
}

const before = externalSecret({});

const other = configMap('other');

test.for<[what: string, head: string, lines: readonly string[]]>([
  [
    'when it is fetched',
    externalSecret({ interval: '5m' }),
    ['Secret shop/login: its refresh changes', '  refresh: 1h → 5m'],
  ],
  [
    'the path',
    externalSecret({ path: '/other' }),
    [
      'Secret shop/login: its values may change',
      '  from ClusterSecretStore aws: +/other/user, -/shop/user',
    ],
  ],
  [
    'the store',
    externalSecret({ store: 'vault' }),
    [
      'Secret shop/login: its values may change',
      '  from ClusterSecretStore aws: -/shop/user',
      '  from ClusterSecretStore vault: +/shop/user',
    ],
  ],
  [
    'a key',
    externalSecret({ keys: ['user', 'host'] }),
    [
      'Secret shop/login: its values may change',
      '  keys: +host',
      '  from ClusterSecretStore aws: +/shop/host',
    ],
  ],
  [
    'a reader',
    `${before}---\n${reader('web')}`,
    ['Secret shop/login: its readers change', '  read by Pod shop/web (next run)'],
  ],
  [
    'a reader and when it is fetched',
    `${externalSecret({ interval: '5m' })}---\n${reader('web')}`,
    [
      'Secret shop/login: its refresh and readers change',
      '  refresh: 1h → 5m',
      '  read by Pod shop/web (next run)',
    ],
  ],
])('the effect of a change names %s', async ([, head, lines]) => {
  expect(await effect(before, head)).toEqual(lines);
});

test('a new Secret is shown with where its values come from', async () =>
  expect(await effect(other, `${other}---\n${before}---\n${reader('web')}`)).toEqual([
    'Secret shop/login: new',
    '  keys: +user',
    '  from ClusterSecretStore aws: +/shop/user',
    '  read by Pod shop/web (next run)',
  ]));

test('keys that are no longer known are keys that change', async () => {
  const store = `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: here }
spec: { provider: { kubernetes: { remoteNamespace: shop } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: copy, namespace: shop }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: here }
  dataFrom: [{ extract: { key: login } }]
`;
  const open = `${before}  dataFrom: [{ extract: { key: /shop/all } }]\n`;
  expect(await compared(`${store}---\n${before}`, `${store}---\n${open}`)).toContain(
    'Secret shop/copy: its keys change',
  );
});

test('Markdown and HTML show a refresh that changes', async () => {
  const head = externalSecret({ interval: '5m' });
  expect(await compared(before, head, 'markdown')).toContain('refresh: <code>1h → 5m</code>');
  expect(await compared(before, head, 'html')).toContain('<dt>Refresh</dt><dd>1h → 5m</dd>');
});

test('what is to be done about like risks is said once, after them', async () => {
  const both = (path: string): string =>
    ['a', 'b'].map(name => externalSecret({ name, path })).join('---\n');
  const lines = (await compared(both('/shop'), both('/other'))).split('\n');
  const advice = lines.filter(line => line.includes('Make sure that the provider'));
  expect(advice).toEqual([expect.stringMatching(/^ {2}To do: Make sure that the provider/)]);
  const title = lines.findIndex(line => line.endsWith('[remote-ref]'));
  expect(lines[title]).toContain(': 2 objects: ExternalSecret "…" fetches other entries');
  expect(lines.slice(title + 1, title + 3)).toEqual([
    expect.stringMatching(/^ {2}ExternalSecret shop\/a, at /),
    expect.stringMatching(/^ {2}ExternalSecret shop\/b, at /),
  ]);
});
