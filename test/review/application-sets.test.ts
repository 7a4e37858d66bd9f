import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { cnpgCluster, configMap } from '../manifests.ts';

interface Settings {
  readonly generator?: string;
  readonly name?: string;
  readonly path?: string;
  /** Of the ApplicationSet itself. */
  readonly policy?: string;
  /** Of its Applications. */
  readonly sync?: string;
}

const FOLDERS = 'git: { repoURL: https://git.example.org/shop, directories: [{ path: "apps/*" }] }';
const FILES =
  'git: { repoURL: https://git.example.org/shop, files: [{ path: "apps/*/app.json" }] }';

const set = ({
  generator = FOLDERS,
  name = '{{ .path.basename }}',
  path = '{{ .path.path }}',
  policy = '{}',
  sync = '{}',
}: Settings): string => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps, namespace: argocd }
spec:
  goTemplate: true
  generators:
    - ${generator}
  syncPolicy: ${policy}
  template:
    metadata: { name: "${name}" }
    spec:
      project: default
      source: { repoURL: https://git.example.org/shop, path: "${path}" }
      destination: { namespace: shop }
      syncPolicy: ${sync}
`;

const DATABASE = cnpgCluster();

const CONFIG = configMap('settings');

type Tree = Readonly<Record<string, string>>;

async function reviewed(settings: Settings, base: Tree, head: Tree, after: Settings = settings) {
  const filesOf = (side: string, one: Settings, tree: Tree): [string, string][] =>
    Object.entries({ 'argo/apps.yaml': set(one), ...tree }).map(([path, text]) => [
      join(side, path),
      text,
    ]);
  const folder = folderOf([
    ['base/.git/HEAD', ''],
    ['head/.git/HEAD', ''],
    ...filesOf('base', settings, base),
    ...filesOf('head', after, head),
  ]);
  const { risks, changes } = JSON.parse(
    (await runMain(folder, '--format json diff --base path:base --head path:head')).stdout,
  );
  return { risks, changes };
}

interface Told {
  readonly risks: readonly { readonly rule: string; readonly related: readonly unknown[] }[];
  readonly changes: readonly unknown[];
}

const ofApplication = ({ risks }: Told) => risks.find(({ rule }) => rule === 'application-removed');

const OTHER = { 'apps/web/settings.yaml': CONFIG };

test('a folder of another name is another Application: the old one goes with the database', async () => {
  const told = await reviewed(
    {},
    { ...OTHER, 'apps/db/cluster.yaml': DATABASE },
    { ...OTHER, 'apps/database/cluster.yaml': DATABASE },
  );
  expect(told.risks).toMatchObject([
    {
      rule: 'application-removed',
      level: 'block',
      kind: 'ApplicationSet',
      name: 'apps',
      message:
        'the ApplicationSet "apps" makes no Application "db" any more, as the folder apps/db is gone, and its deletion deletes all that it manages, also what is applied by another one now (resources-finalizer.argocd.argoproj.io)',
      file: 'head/argo/apps.yaml',
      line: 7,
      related: [{ name: 'shop-db', note: 'goes with it, and comes again without its data' }],
    },
  ]);
  expect(told.changes).toMatchObject([{ objects: [{ name: 'shop-db', movedFrom: 'apps/db' }] }]);
});

test('with a folder that is gone goes what it had', async () => {
  const told = await reviewed({}, { ...OTHER, 'apps/db/cluster.yaml': DATABASE }, OTHER);
  expect(told.risks).toMatchObject([
    { rule: 'application-removed', level: 'block', related: [{ name: 'shop-db' }] },
  ]);
});

const STRANGE =
  'apiVersion: example.org/v1\nkind: Database\nmetadata: { name: web, namespace: shop }\n';

const ONE = { 'apps/db/cluster.yaml': DATABASE };

test.for<[what: string, settings: Settings, base: Tree, head: Tree, level: string | undefined]>([
  ['the last folder', {}, ONE, { 'b.yaml': CONFIG }, 'block'],
  ['one without data', {}, { ...ONE, ...OTHER }, ONE, 'warn'],
  ['one of a strange operator', {}, { ...ONE, ...OTHER, 'apps/web/db.yaml': STRANGE }, ONE, 'high'],
  [
    'one without data, under another name',
    {},
    { ...ONE, ...OTHER },
    { ...ONE, 'apps/site/settings.yaml': CONFIG },
    'high',
  ],
  [
    'a file',
    { generator: FILES },
    { ...OTHER, ...ONE, 'apps/db/app.json': '{}', 'apps/web/app.json': '{}' },
    { ...OTHER, ...ONE, 'apps/web/app.json': '{}' },
    'block',
  ],
  [
    'one of each cluster, which are not known',
    {
      generator: `matrix: { generators: [{ ${FOLDERS} }, { clusters: {} }] }`,
      name: '{{ .path.basename }}-{{ .name }}',
    },
    { ...ONE, ...OTHER },
    OTHER,
    'block',
  ],
  [
    'a file that moves, and says the name',
    { generator: FILES, name: '{{ .app }}' },
    { ...ONE, 'apps/db/app.json': '{ "app": "db" }' },
    { 'apps/data/cluster.yaml': DATABASE, 'apps/data/app.json': '{ "app": "db" }' },
    undefined,
  ],
  [
    'a file that is broken now',
    { generator: FILES },
    { ...ONE, 'apps/db/app.json': '{}' },
    { ...ONE, 'apps/db/app.json': '{' },
    undefined,
  ],
  ['what is to stay', { policy: '{ preserveResourcesOnDeletion: true }' }, ONE, OTHER, undefined],
  ['none is deleted', { policy: '{ applicationsSync: create-update }' }, ONE, OTHER, undefined],
])('of a folder or file that goes: %s', async ([, settings, base, head, level]) => {
  expect(ofApplication(await reviewed(settings, base, head))).toEqual(
    level === undefined ? undefined : expect.objectContaining({ level }),
  );
});

test.for<[what: string, policy: string, outcome: string]>([
  [
    'stays',
    '{ applicationsSync: create-only }',
    'left running: Application "db" stays, as its ApplicationSet deletes none',
  ],
  [
    'goes alone',
    '{ preserveResourcesOnDeletion: true }',
    'left running: Application "db" is removed without the cascade finalizer',
  ],
])('an Application that %s', async ([, policy, outcome]) => {
  const { risks } = await reviewed({ policy }, { ...ONE, ...OTHER }, OTHER);
  expect(risks).toMatchObject([{ rule: 'cluster-removed', outcome }]);
});

test.for<[what: string, after: Settings, level: string | undefined]>([
  ['other names', { name: 'app-{{ .path.basename }}' }, 'block'],
  ['names that are not known', { generator: 'clusters: {}', name: '{{ .name }}' }, undefined],
  ['the same in other words', { name: '{{ index .path.segments 1 }}' }, undefined],
])('an ApplicationSet with %s', async ([, after, level]) => {
  expect(ofApplication(await reviewed({}, ONE, ONE, after))).toEqual(
    level === undefined ? undefined : expect.objectContaining({ level }),
  );
});

test('what goes from one Application of a set to another may be deleted before', async () => {
  const sync = '{ automated: { prune: true } }';
  const both = { ...OTHER, 'apps/db/settings.yaml': CONFIG.replace('settings', 'others') };
  const told = await reviewed(
    { sync },
    { ...both, 'apps/db/cluster.yaml': DATABASE },
    { ...both, 'apps/web/cluster.yaml': DATABASE },
  );
  expect(told.risks).toMatchObject([{ rule: 'data-moved', level: 'high' }]);
});
