import fc from 'fast-check';

/*
 * Specs that are right, made up: names are few, so that references meet, overrides hit what the
 * base has, and environments differ in everything they may differ in.
 */

/** A map of which only these fields are always there. */
function map<T extends object>(
  fields: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T)[] = [],
): fc.Arbitrary<Partial<T>> {
  return fc.record<T, keyof T>(fields, { requiredKeys }) as fc.Arbitrary<Partial<T>>;
}

const { constant, constantFrom, integer, oneof } = fc;

const odd = ['on', '012', 'a: b', '#x', "it's", 'two\nlines\n', '{X}', 'ü', ' x ', '1e3'];
const text = constantFrom(...odd, '2024-01-01');
const size = constantFrom('1Gi', '1024Mi', '20Gi');
const amount = constantFrom('100m', '1000m', '0.5', '2');
const namespace = constantFrom('shop', 'shop-b', 'shop-c');
const keyNames = ['a', 'b.c', 'on', 'd-e'];

const database = map(
  {
    database: constant('app'),
    owner: constant('app'),
    storage: size,
    instances: integer({ min: 1, max: 3 }),
    extraDatabases: constantFrom(['one'], ['one', 'two_x']),
  },
  ['database', 'owner', 'storage'],
);

const awsSecret = map(
  {
    store: constant('aws'),
    keys: constant(Object.fromEntries(keyNames.map(key => [key, `app/${key}`]))),
    refreshInterval: constantFrom('5m', '90m', '1h'),
    deletionPolicy: constantFrom('Retain', 'Delete'),
    labels: fc.dictionary(constantFrom('team', 'tier'), constantFrom('x', 'on')),
  },
  ['store', 'keys'],
);

const envValue = oneof(
  text,
  constant('$(A)-$(B)$$(Z)'),
  constantFrom(...keyNames).map(key => ({ secret: 'api', key })),
  constantFrom('host', 'host-r', 'port', 'dbname').map(field => ({ database: 'db', field })),
  constant({ secret: 'db-app', key: 'uri' }),
);

/** A and B are always there and refer to nothing, so that C and D may refer to them. */
const B = constant({ secret: 'db-app', key: 'password' });
const env = map({ A: text, B, C: envValue, D: envValue, E: envValue }, ['A', 'B']);

const workload = map(
  {
    kind: constantFrom('Deployment', 'StatefulSet'),
    image: constantFrom('example/app:1', 'example/app:2'),
    replicas: integer({ min: 0, max: 3 }),
    ports: constantFrom({ http: 80 }, { http: 80, grpc: 90 }, { admin: 81, grpc: 90, http: 8080 }),
    env,
    envFrom: constantFrom(['api'], [{ secret: 'db-app', prefix: 'DB_' }]),
    args: constantFrom(['--x'], ['--y', '$(A)']),
    resources: map({ requests: fc.record({ cpu: amount }), limits: fc.record({ cpu: amount }) }),
    mounts: constantFrom(
      { '/etc/api': { secret: 'api' } },
      { '/etc/db': { secret: 'db-ca', keys: { 'ca.crt': 'ca.pem' } } },
    ),
  },
  ['image', 'env'],
);

const environment = map({
  namespace,
  cluster: constant('shared'),
  databases: fc.record({ db: map({ instances: constant(3), storage: size }) }),
  secrets: map({ api: fc.record({ refreshInterval: constant('1m') }), extra: awsSecret }),
  workloads: map({
    web: map({ replicas: constant(5), env: map({ C: oneof(constant(null), text), F: text }) }),
    batch: oneof(constant(null), workload),
  }),
  stores: fc.record({ aws: fc.record({ aws: fc.record({ prefix: constantFrom('/x', '/y') }) }) }),
});

/** The namespaces of environments in one cluster must differ, so each has one of its own. */
function withOwnNamespaces(environments: readonly Record<string, unknown>[]) {
  const names = ['dev', 'prod', 'test'];
  const local = { local: { kind: 'SecretStore' } };
  const own = environments.map((change, index) => {
    if (change['cluster'] !== 'shared') return [names[index], change];
    const stores = { ...(change['stores'] as object), ...local };
    return [names[index], { ...change, namespace: `shop-${index}`, stores }];
  });
  return Object.fromEntries(own);
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
