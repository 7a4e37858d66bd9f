import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { keys, lint, store, stream, web } from './shop.ts';

const wrong = web.replace('key: token', 'key: tokn');

/** A base whose Deployment reads a key that is not there, and what an overlay adds. */
const overlayOf = (text: string): (readonly [path: string, text: string])[] => [
  ['base/kustomization.yaml', 'resources: [shop.yaml]\n'],
  ['base/shop.yaml', stream(store, keys, web)],
  ['prod/kustomization.yaml', `resources: [../base]\n${text}`],
];

const toOther = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: web-keys, namespace: shop }
spec:
  secretStoreRef: { name: valt, kind: ClusterSecretStore }
`;

test('a finding is shown in the file of the base, with its line, and once for all overlays', async () => {
  const folder = folderOf([
    ['base/kustomization.yaml', 'resources: [shop.yaml]\n'],
    ['base/shop.yaml', stream(store, keys, wrong)],
    ['dev/kustomization.yaml', 'resources: [../base]\n'],
    ['prod/kustomization.yaml', 'resources: [../base]\n'],
  ]);
  expect(
    (await runMain(folder, 'lint .')).stdout,
  ).toBe(`base/shop.yaml:34:65: error: Secret "web-keys" has no key "tokn" [unknown-secret-key]
  34 |               valueFrom: { secretKeyRef: { name: web-keys, key: tokn } }
     |                                                                 ^
  hint: The keys of "web-keys" are: token. Did you mean "token"?
  base/shop.yaml:12:19: ExternalSecret "web-keys" makes it
  dev/kustomization.yaml:1:1: as built in dev
  prod/kustomization.yaml:1:1: as built in prod

1 error in 6 objects
`);
});

test.for(['patches: [{ path: store.yaml }]', 'patchesStrategicMerge: [store.yaml]'])(
  'what a patch sets is shown in the file of the patch: %s',
  async patches => {
    const files = [...overlayOf(`${patches}\n`), ['prod/store.yaml', toOther] as const];
    expect((await lint(files, ['prod'])).found).toEqual(['prod/store.yaml:5:27 unknown-store']);
  },
);

test('what is written in the kustomization itself is shown there', async () => {
  const patch = toOther.replaceAll(/^(?=.)/gm, '      ');
  expect((await lint(overlayOf(`patches:\n  - patch: |-\n${patch}`), ['prod'])).found).toEqual([
    'prod/kustomization.yaml:8:33 unknown-store',
  ]);
});

test.for<[patches: string, place: string]>([
  ['- path: ops.yaml\n    target: { kind: ExternalSecret }\n', 'prod/ops.yaml:3:10'],
  [
    '- path: ops.yaml\n    target: { kind: ExternalSecret, name: web-keys }\n',
    'prod/ops.yaml:3:10',
  ],
  [
    '- patch: |-\n      - op: replace\n        path: /spec/secretStoreRef/name\n        value: other\n    target: { kind: ExternalSecret }\n',
    'prod/kustomization.yaml:6:16',
  ],
])('what an operation of a JSON patch sets is shown there: %j', async ([patches, place]) => {
  const files = [...overlayOf(`patches:\n  ${patches}`), ['prod/ops.yaml', OPERATIONS]] as const;
  expect((await lint(files, ['prod'])).found).toEqual([`${place} unknown-store`]);
});

const OPERATIONS = '- op: replace\n  path: /spec/secretStoreRef/name\n  value: other\n';

test('an item of a list that a patch adds to is shown where it is written', async () => {
  const patch = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers:
        - name: helper
          image: example/helper:1
        - name: web
          env: [{ name: FIRST, valueFrom: { secretKeyRef: { name: web-keys, key: frst } } }]
`;
  const files = overlayOf('patches: [{ path: web.yaml }]\n').map(([path, text]) =>
    path === 'base/shop.yaml'
      ? ([path, stream(store, keys, wrong)] as const)
      : ([path, text] as const),
  );
  expect((await lint([...files, ['prod/web.yaml', patch]], ['prod'])).found).toEqual([
    'base/shop.yaml:34:65 unknown-secret-key',
    'prod/web.yaml:11:82 unknown-secret-key',
  ]);
});

test.for<[before: string, after: string, risk: string]>([
  [
    '',
    "images:\n  - { name: a, newTag: '1' }\n  - { name: example/web, newTag: '2' }\n",
    '4:5 pods-restarted',
  ],
  [
    '',
    'labels:\n  - { pairs: { a: b, team: shop }, includeTemplates: true }\n',
    '3:19 pods-restarted',
  ],
  ['commonAnnotations: { a: b }\n', 'commonAnnotations:\n  a: c\n', '3:6 pods-restarted'],
  ['commonLabels: { a: b }\n', 'commonLabels:\n  a: c\n', '3:6 field-immutable'],
])('what a kustomization sets is shown at its entry: %j', async ([before, after, risk]) => {
  const files = (side: string, text: string): [string, string][] =>
    overlayOf(text).map(([path, content]) => [`${side}/${path}`, content]);
  const folder = folderOf([...files('old', before), ...files('new', after)]);
  const args = '--format json diff --base old/prod --head new/prod';
  const { risks } = JSON.parse((await runMain(folder, args)).stdout);
  expect(risks.map(placeOf)).toEqual([`new/prod/kustomization.yaml:${risk}`]);
});

test('a label of the same name and value is not where a field is set', async () => {
  const files = [
    ['base/kustomization.yaml', 'resources: [shop.yaml]\n'],
    ['base/shop.yaml', stream(store, keys.replace('name: vault', 'name: valt'), web)],
    ['prod/kustomization.yaml', 'resources: [../base]\nlabels: [{ pairs: { name: valt } }]\n'],
  ] as const;
  expect((await lint(files, ['prod'])).found).toEqual(['base/shop.yaml:11:53 unknown-store']);
});

function placeOf({ file, line, column, rule }: Record<string, string>): string {
  return `${file}:${line}:${column} ${rule}`;
}

test('a missing field is shown where its object is written', async () => {
  const files = [
    ['kustomization.yaml', 'resources: [a.yaml]\n'],
    ['a.yaml', stream(store, keys.replace(/ {2}secretStoreRef.*\n/, ''))],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['a.yaml:9:1 unknown-store']);
});

test('a patch of the object is no second place of a missing field', async () => {
  const files = [
    ['kustomization.yaml', 'resources: [a.yaml]\npatches: [{ path: patch.yaml }]\n'],
    ['a.yaml', stream(store, keys.replace(/ {2}secretStoreRef.*\n/, ''))],
    ['patch.yaml', toOther.replace(/spec:\n.*\n/, 'spec: { refreshInterval: 2h0m0s }\n')],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['a.yaml:9:1 unknown-store']);
});

test('of two namesakes that of the namespace is shown', async () => {
  const files = [
    ['kustomization.yaml', 'resources: [a.yaml, b.yaml]\ncommonAnnotations: { a: b }\n'],
    ['a.yaml', stream(store, keys.replace(/ {2}secretStoreRef.*\n/, ''))],
    ['b.yaml', keys.replace('shop', 'other')],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['a.yaml:9:1 unknown-store']);
});

test('of two namesakes that of the base which gives its namespace is shown', async () => {
  const secret = keys.replace(', namespace: shop', '').replace('name: vault', 'name: lost');
  const files = [
    ['a/kustomization.yaml', `namespace: a\nresources: [a.yaml]\n`],
    ['a/a.yaml', secret],
    ['b/kustomization.yaml', `namespace: b\nresources: [b.yaml]\n`],
    ['b/b.yaml', secret],
    ['kustomization.yaml', 'resources: [a, b, store.yaml]\ncommonAnnotations: { a: b }\n'],
    ['store.yaml', store],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual([
    'a/a.yaml:6:53 unknown-store',
    'b/b.yaml:6:53 unknown-store',
  ]);
});

test.for(['namePrefix: eu-', 'nameSuffix: -v2', 'namePrefix: eu-\nnameSuffix: -v2'])(
  'an object that is renamed is shown where it is written: %s',
  async names => {
    const files = overlayOf(`${names}\n`).map(([path, text]): [string, string] => [
      path,
      path === 'base/shop.yaml' ? stream(namespace, store, keys, wrong) : text,
    ]);
    // kustomize knows nothing of secretStoreRef, and leaves it.
    expect((await lint([...files, ...further], ['top'])).found).toEqual([
      'base/shop.yaml:15:53 unknown-store',
      'base/shop.yaml:38:65 unknown-secret-key',
    ]);
  },
);

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';

test('a base that is used twice is shown in its one place', async () => {
  const variants = (line: string): [string, string][] =>
    ['eu', 'us'].map(name => [
      `${name}/kustomization.yaml`,
      `resources: [../base]\n${line.replace('NAME', name)}\n`,
    ]);
  const files = (text: string, line: string): [string, string][] => [
    ['base/kustomization.yaml', 'resources: [a.yaml]\n'],
    ['base/a.yaml', text],
    ...variants(line),
    ['kustomization.yaml', 'resources: [eu, us]\n'],
  ];
  const noStore = keys.replace(/ {2}secretStoreRef.*\n/, '');
  const found = async (line: string) => (await lint(files(noStore, line), ['.'])).found;
  const place = 'base/a.yaml:4:1 unknown-store';
  expect(await found('namespace: NAME')).toEqual([place]);
  // kustomize knows nothing of target, and leaves it.
  const target = 'base/a.yaml:6:19 duplicate-target';
  expect(await found('namePrefix: NAME-')).toEqual([place, place, target]);
});

test('a kind that keeps its name is shown where it is written', async () => {
  const files = [
    ['kustomization.yaml', 'resources: [a.yaml]\nnamePrefix: eu-\n'],
    ['a.yaml', `${namespace}spec: { nope: true }\n`],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['a.yaml:4:15 invalid-object']);
});

/** A kustomization over prod, which renames again. */
const further: [string, string][] = [
  ['top/kustomization.yaml', 'resources: [../prod]\nnamePrefix: top-\n'],
];

test('a name that is renamed with what it refers to is shown where it is written', async () => {
  const pull = `apiVersion: v1
kind: Secret
metadata: { name: pull, namespace: shop }
data: {}
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  imagePullSecrets: [{ name: pull }]
  containers: [{ name: web, image: example/web:1 }]
`;
  const files = { 'kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: eu-\n', 'a.yaml': pull };
  expect((await lint(files, ['.'])).found).toContain('a.yaml:10:30 pull-secret-type');
});

test('an object in a List is shown there', async () => {
  const items = [store, keys, wrong].map(
    text => `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`,
  );
  const files = [
    ['kustomization.yaml', 'resources: [a.yaml]\n'],
    ['a.yaml', `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['a.yaml:35:69 unknown-secret-key']);
});

test('of a ConfigMap that a generator makes a key is shown at its literal', async () => {
  const files = {
    'kustomization.yaml': `namespace: shop
resources: [db.yaml]
configMapGenerator:
  - name: web
    literals: [LOG=json, DB_HOST=db-rw.lost.svc]
`,
    'db.yaml': `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db }
spec: { instances: 1, storage: { size: 1Gi }, bootstrap: { initdb: { database: shop, owner: shop } } }
`,
  };
  expect((await lint(files, ['.'])).found).toEqual(['kustomization.yaml:5:26 unknown-host']);
});
