import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isMap, listAt, mapAt, textAt } from '../../generator/core/json.ts';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { root } from '../machine.ts';
import { expandText, specOf } from '../spec-text.ts';

/* What an object waits for, by the fields that name it: told apart from what the builders say. */

/** Fields that hold the name of another object, in a map or alone; no kind: the map has it. */
const NAMED_BY: Readonly<Record<string, string | undefined>> = {
  secretStoreRef: undefined,
  generatorRef: undefined,
  cluster: 'Cluster',
  barmanObjectName: 'ObjectStore',
  serviceAccount: 'ServiceAccount',
  serviceAccountRef: 'ServiceAccount',
  serviceAccountName: 'ServiceAccount',
  secretKeyRef: 'Secret',
  secretRef: 'Secret',
  secretName: 'Secret',
  passwordSecret: 'Secret',
  superuserSecret: 'Secret',
  secret: 'Secret',
};

interface Named {
  readonly kind: string;
  readonly name: string;
}

function* namedIn(value: unknown): Iterable<Named> {
  if (Array.isArray(value)) for (const item of value) yield* namedIn(item);
  if (!isMap(value)) return;
  for (const [field, child] of Object.entries(value)) {
    const name = isMap(child) ? textAt(child, 'name') : child;
    const kind = NAMED_BY[field] ?? textAt(child, 'kind') ?? 'SecretStore';
    if (Object.hasOwn(NAMED_BY, field) && typeof name === 'string') yield { kind, name };
    yield* namedIn(child);
  }
}

function makersOf(secret: string, namespace: string | undefined, all: readonly KubeObject[]) {
  const here = all.filter(({ metadata }) => metadata.namespace === namespace);
  const fetching = here.filter(
    maker => maker.kind === 'ExternalSecret' && targetOf(maker).name === secret,
  );
  const isWhole = fetching.some(maker => targetOf(maker).policy !== 'Merge');
  const clusters = here.filter(
    ({ kind, metadata }) =>
      kind === 'Cluster' && new RegExp(`^${metadata.name}-(app|superuser|ca)$`).test(secret),
  );
  return [...fetching, ...(isWhole ? [] : clusters)];
}

function targetOf(externalSecret: KubeObject): { readonly name: string; readonly policy: string } {
  const { name = externalSecret.metadata.name, creationPolicy = 'Owner' } = mapAt(
    externalSecret,
    'spec',
    'target',
  );
  return { name: String(name), policy: String(creationPolicy) };
}

/** The objects of a set that have to be there before one of them. */
function needsOf(object: KubeObject, all: readonly KubeObject[]): KubeObject[] {
  const { namespace } = object.metadata;
  const homes = all.filter(
    ({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace,
  );
  const named = [...namedIn(object['spec'])].flatMap(({ kind, name }) =>
    kind === 'Secret'
      ? makersOf(name, namespace, all)
      : all.filter(other => other.kind === kind && other.metadata.name === name),
  );
  const text = JSON.stringify(object);
  const hosts = all.filter(
    other =>
      (other.kind === 'Cluster' && text.includes(`"${other.metadata.name}-rw`)) ||
      (other.kind === 'Database' && text.includes(`:5432/${textAt(other, 'spec', 'name')}`)),
  );
  const found = [
    ...homes,
    ...hosts,
    ...named,
    ...copiedFrom(object, all),
    ...mergedInto(object, all),
  ];
  return found.filter(other => other !== object);
}

/** What makes the Secrets that an ExternalSecret copies within the cluster. */
function copiedFrom(object: KubeObject, all: readonly KubeObject[]): KubeObject[] {
  if (object.kind !== 'ExternalSecret') return [];
  const { kind = 'SecretStore', name } = mapAt(object, 'spec', 'secretStoreRef');
  const store = all.find(other => other.kind === kind && other.metadata.name === name);
  const remote = textAt(store, 'spec', 'provider', 'kubernetes', 'remoteNamespace');
  if (remote === undefined) return [];
  return listAt(object, 'spec', 'data').flatMap(entry =>
    makersOf(textAt(entry, 'remoteRef', 'key') ?? '', remote, all),
  );
}

/** What makes the Secret that an ExternalSecret adds keys to. */
function mergedInto(object: KubeObject, all: readonly KubeObject[]): KubeObject[] {
  if (object.kind !== 'ExternalSecret' || targetOf(object).policy !== 'Merge') return [];
  return makersOf(targetOf(object).name, object.metadata.namespace, all);
}

function waveOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']);
}

const golden = join(root, 'test/golden');
/** Those that ask for objects without waves have no order to look at. */
const files = [
  join(root, 'rem-secrets.yaml'),
  ...readdirSync(golden).map(name => join(golden, name, 'rem-secrets.yaml')),
].filter(file => !/^ +omit: .*syncWaves/m.test(readFileSync(file, 'utf8')));

/** A Cluster that comes late, what copies from it, and what names its host or database alone. */
const alone = specOf(`
namespace: shop
stores: { local: { kubernetes: { remoteNamespace: shop } } }
databases:
  db: { database: shop, owner: shop, storage: 1Gi, ownerSecret: login, extraDatabases: { logs: {} } }
secrets:
  by-hand: { manual: [user, password] }
  login:
    store: local
    keys:
      username: { key: by-hand, property: user }
      password: { key: by-hand, property: password }
  copy: { store: local, keys: { ca: { key: db-ca, property: ca.crt } } }
  url: { store: local, from: login, template: { URL: { postgresUrl: { host: db, database: logs } } } }
workloads: { web: { image: example/web:1, env: { HOST: { database: db, field: host } } } }
environments: { dev: {} }`);

/** A spec that omits waves leaves the order to Argo CD's retries. */
const isOrdered = (text: string): boolean => !/^ {2}omit: .*syncWaves/m.test(text);

const specs: (readonly [string, string])[] = [
  ...files
    .map(file => [file.slice(root.length), readFileSync(file, 'utf8')] as const)
    .filter(([, text]) => isOrdered(text)),
  ['a spec of its own', alone],
];

let count = 0;

test.for(specs)('%s: each object comes after what it needs', ([, text]) => {
  const { value } = expandText(text);
  expect(value).toBeDefined();
  for (const { objects } of value?.units ?? []) {
    const all = objects.map(({ object }) => object);
    for (const object of all)
      for (const needed of needsOf(object, all)) {
        count += 1;
        const order = `${object.kind}/${object.metadata.name} after ${needed.kind}/${needed.metadata.name}`;
        expect(waveOf(object), order).toBeGreaterThan(waveOf(needed));
      }
  }
});

test('there were needs of many kinds', () => expect(count).toBeGreaterThan(300));
