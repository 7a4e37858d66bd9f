import fc from 'fast-check';

/*
 * Specs that are right, made up: names are few, so that references meet, overrides hit what the
 * base has, and environments differ in everything they may differ in.
 */

const text = fc.constantFrom(
  'on',
  '012',
  'a: b',
  '#x',
  "it's",
  'two\nlines\n',
  '{X}',
  'ü',
  ' x ',
  '1e3',
  '2024-01-01',
);
const size = fc.constantFrom('1Gi', '1024Mi', '20Gi');
const amount = fc.constantFrom('100m', '1000m', '0.5', '2');
const namespace = fc.constantFrom('shop', 'shop-b', 'shop-c');
const keyNames = ['a', 'b.c', 'on', 'd-e'];

const database = fc.record(
  {
    database: fc.constant('app'),
    owner: fc.constant('app'),
    storage: size,
    instances: fc.integer({ min: 1, max: 3 }),
    extraDatabases: fc.constantFrom(['one'], ['one', 'two_x']),
  },
  { requiredKeys: ['database', 'owner', 'storage'] },
);

const awsSecret = fc.record(
  {
    store: fc.constant('aws'),
    keys: fc.constant(Object.fromEntries(keyNames.map(key => [key, `app/${key}`]))),
    refreshInterval: fc.constantFrom('5m', '90m', '1h'),
    deletionPolicy: fc.constantFrom('Retain', 'Delete'),
    labels: fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('x', 'on')),
  },
  { requiredKeys: ['store', 'keys'] },
);

const envValue = fc.oneof(
  text,
  fc.constant('$(A)-$(B)$$(Z)'),
  fc.constantFrom(...keyNames).map(key => ({ secret: 'api', key })),
  fc.constantFrom('host', 'host-r', 'port', 'dbname').map(field => ({ database: 'db', field })),
  fc.constant({ secret: 'db-app', key: 'uri' }),
);

/** A and B are always there and refer to nothing, so that C and D may refer to them. */
const env = fc.record(
  {
    A: text,
    B: fc.constant({ secret: 'db-app', key: 'password' }),
    C: envValue,
    D: envValue,
    E: envValue,
  },
  { requiredKeys: ['A', 'B'] },
);

const workload = fc.record(
  {
    kind: fc.constantFrom('Deployment', 'StatefulSet'),
    image: fc.constantFrom('example/app:1', 'example/app:2'),
    replicas: fc.integer({ min: 0, max: 3 }),
    ports: fc.constantFrom(
      { http: 80 },
      { http: 80, grpc: 90 },
      { admin: 81, grpc: 90, http: 8080 },
    ),
    env,
    envFrom: fc.constantFrom(['api'], [{ secret: 'db-app', prefix: 'DB_' }]),
    args: fc.constantFrom(['--x'], ['--y', '$(A)']),
    resources: fc.record(
      { requests: fc.record({ cpu: amount }), limits: fc.record({ cpu: amount }) },
      { requiredKeys: [] },
    ),
    mounts: fc.constantFrom(
      { '/etc/api': { secret: 'api' } },
      { '/etc/db': { secret: 'db-ca', keys: { 'ca.crt': 'ca.pem' } } },
    ),
  },
  { requiredKeys: ['image', 'env'] },
);

const environment = fc.record(
  {
    namespace,
    cluster: fc.constant('shared'),
    databases: fc.record({
      db: fc.record({ instances: fc.constant(3), storage: size }, { requiredKeys: [] }),
    }),
    secrets: fc.record(
      { api: fc.record({ refreshInterval: fc.constant('1m') }), extra: awsSecret },
      { requiredKeys: [] },
    ),
    workloads: fc.record(
      {
        web: fc.record(
          {
            replicas: fc.constant(5),
            env: fc.record({ C: fc.oneof(fc.constant(null), text), F: text }, { requiredKeys: [] }),
          },
          { requiredKeys: [] },
        ),
        batch: fc.oneof(fc.constant(null), workload),
      },
      { requiredKeys: [] },
    ),
    stores: fc.record({
      aws: fc.record({ aws: fc.record({ prefix: fc.constantFrom('/x', '/y') }) }),
    }),
  },
  { requiredKeys: [] },
);

/** The namespaces of environments in one cluster must differ, so each has one of its own. */
function withOwnNamespaces(
  environments: readonly Record<string, unknown>[],
): Record<string, unknown> {
  const names = ['dev', 'prod', 'test'];
  return Object.fromEntries(
    environments.map((change, index) => {
      const shares = change['cluster'] === 'shared';
      const kubernetes = { local: { kind: 'SecretStore' } };
      return [
        names[index],
        shares
          ? {
              ...change,
              namespace: `shop-${index}`,
              stores: { ...(change['stores'] as object), ...kubernetes },
            }
          : change,
      ];
    }),
  );
}

/** A RemSecrets object that is right, with up to three environments. */
export const generatedSpec: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    database,
    api: awsSecret,
    web: workload,
    batch: workload,
    environments: fc.array(environment, { minLength: 1, maxLength: 3 }),
  })
  .map(({ database, api, web, batch, environments }) => ({
    apiVersion: 'rem-secrets.io/v1alpha1',
    kind: 'RemSecrets',
    metadata: { name: 'shop' },
    spec: {
      namespace: 'shop',
      stores: {
        aws: { aws: { service: 'ParameterStore', region: 'eu-west-1', prefix: '/shop' } },
        local: { kubernetes: {} },
      },
      databases: { db: database },
      secrets: {
        api,
        url: { store: 'local', from: 'db-app', template: { URL: { postgresUrl: {} } } },
      },
      workloads: { web, batch },
      environments: withOwnNamespaces(environments),
    },
  }));

/** The same value with every map's keys in reverse. */
export function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, reversed(child)]),
  );
}
