import { expect, test } from 'vitest';
import { exits, expectStdout, runMain } from '../machine.ts';
import { application, cnpgCluster, configMap, fluxKustomization } from '../manifests.ts';
import { commit, type Files, git, repositoryOf } from './repository.ts';

const CLUSTER = cnpgCluster();

const LOGIN = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: login, namespace: shop }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data: [{ secretKey: a, remoteRef: { key: /a } }]
`;

const config = (value: string, name = 'settings'): string => configMap(name, `{ a: "${value}" }`);

interface Review {
  readonly risks: readonly { readonly rule: string; readonly level: string; message: string }[];
  readonly changes: readonly {
    readonly what: string;
    readonly fields: readonly unknown[];
    readonly objects: readonly Record<string, unknown>[];
  }[];
  readonly broken: readonly { readonly environment: string }[];
  readonly doubts: readonly { readonly reason: string; readonly count: number }[];
}

async function reviewed(before: Files, after: Files, below = '.') {
  const folder = repositoryOf(before);
  commit(folder, after);
  const at = `${folder}/${below}`;
  const args = ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  const { stdout } = await runMain(at, ['--format', 'json', ...args]);
  return { ...(JSON.parse(stdout) as Review), text: (await runMain(at, args)).stdout };
}

const rulesOf = ({ risks }: Review): string[] => risks.map(({ rule }) => rule);

const FLUX: Files = {
  'flux/db.yaml': fluxKustomization('db', 'apps/db'),
  'flux/web.yaml': fluxKustomization('web', 'apps/web'),
  'apps/db/cluster.yaml': CLUSTER,
  'apps/web/settings.yaml': config('1'),
};

test('what another Kustomization applies now has moved, and is not deleted', async () => {
  const review = await reviewed(FLUX, {
    'apps/db/cluster.yaml': undefined,
    'apps/db/settings.yaml': config('1', 'other'),
    'apps/web/cluster.yaml': CLUSTER.replace('5Gi', '8Gi'),
  });
  expect(rulesOf(review)).toEqual(['data-moved']);
  const [moved] = review.changes.filter(({ what }) => what === 'changed');
  expect(moved?.objects).toMatchObject([{ kind: 'Cluster', movedFrom: 'apps/db' }]);
  expect(moved?.fields).toHaveLength(1);
  expect(review.text).toContain('~ Cluster shop/shop-db (apps/web), until now applied by apps/db');
});

test('files that move below one Kustomization are no move, and no change', async () => {
  const review = await reviewed(
    { ...FLUX, 'flux/db.yaml': fluxKustomization('db', 'apps/db') },
    {
      'flux/db.yaml': fluxKustomization('db', 'apps/databases'),
      'apps/db/cluster.yaml': undefined,
      'apps/databases/cluster.yaml': CLUSTER,
    },
  );
  expect(review.changes).toMatchObject([{ objects: [{ kind: 'Kustomization', name: 'db' }] }]);
});

const ROOT: Files = {
  'flux/cluster.yaml': fluxKustomization('cluster', 'apps'),
  'apps/kustomization.yaml': 'resources: [db/ks.yaml, web/ks.yaml]\n',
  'apps/db/ks.yaml': fluxKustomization('db', 'apps/db/app'),
  'apps/db/app/cluster.yaml': CLUSTER,
  'apps/web/ks.yaml': fluxKustomization('web', 'apps/web/app'),
  'apps/web/app/settings.yaml': config('1'),
};

test.for([
  ['as it was', 'apps/db/app'],
  ['with its new path', 'archive/db/app'],
] as const)('what is put away where nothing applies it is deleted: %s', async ([, path]) => {
  const review = await reviewed(ROOT, {
    'apps/kustomization.yaml': 'resources: [web/ks.yaml]\n',
    'apps/db/ks.yaml': undefined,
    'apps/db/app/cluster.yaml': undefined,
    'archive/db/ks.yaml': fluxKustomization('db', path),
    'archive/db/app/cluster.yaml': CLUSTER,
  });
  expect(rulesOf(review)).toEqual(['flux-kustomization-removed']);
  expect(review.text).toContain('its volumes with it [cluster-removed]');
});

const INSTANCE = `apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: { name: flux, namespace: flux-system }
spec:
  distribution: { version: 2.x, registry: ghcr.io/fluxcd }
  sync: { kind: GitRepository, url: https://git.example.org/shop, ref: refs/heads/main, path: cluster }
`;

function rooted(root: string): Files {
  const { 'flux/cluster.yaml': apps, ...files } = ROOT;
  return { ...files, 'cluster/apps.yaml': apps, 'cluster/sync.yaml': root };
}

test('Flux may be installed by its operator: what is applied is the same', async () => {
  const sync = fluxKustomization('flux-system', 'cluster');
  expect(rulesOf(await reviewed(rooted(sync), { 'cluster/sync.yaml': INSTANCE }))).toEqual([]);
  const removed = await reviewed(rooted(INSTANCE), { 'cluster/apps.yaml': undefined });
  expect(removed.text).toContain('deleted by Flux: Kustomization "flux-system" prunes');
});

test('who applies the root may be said nowhere in Git: nothing of it is gone', async () => {
  const sync = fluxKustomization('flux-system', 'cluster');
  const review = await reviewed(rooted(sync), { 'cluster/sync.yaml': undefined });
  expect(review.risks).toMatchObject([{ rule: 'flux-kustomization-removed', level: 'warn' }]);
  expect(review.text).not.toContain('Cluster shop/shop-db');
});

test('what another folder of the same Kustomization has is not put away', async () => {
  const review = await reviewed(ROOT, {
    'apps/kustomization.yaml': 'resources: [data/db/ks.yaml, web/ks.yaml]\n',
    'apps/db/ks.yaml': undefined,
    'apps/db/app/cluster.yaml': undefined,
    'apps/data/db/ks.yaml': fluxKustomization('db', 'apps/data/db/app'),
    'apps/data/db/app/cluster.yaml': CLUSTER,
  });
  expect(rulesOf(review)).toEqual([]);
});

test('a folder that nothing applied has nothing to lose, where all else is applied', async () => {
  const before = { ...ROOT, 'scratch/cluster.yaml': CLUSTER.replace('shop-db', 'try') };
  const { risks, text } = await reviewed(before, { 'scratch/cluster.yaml': undefined });
  expect(risks).toMatchObject([{ rule: 'cluster-removed', level: 'warn' }]);
  expect(text).toContain('left running unless something that is not read applies it');
});

test.for(['annotations', 'labels'])('what Flux is told to leave stays: by its %s', async field => {
  const kept = `metadata: { name: shop-db, namespace: shop, ${field}: { kustomize.toolkit.fluxcd.io/prune: disabled } }`;
  const review = await reviewed(
    { 'db.yaml': CLUSTER.replace(/metadata: .*/, kept), 'a.yaml': config('1') },
    { 'db.yaml': undefined },
  );
  expect(review.risks).toMatchObject([{ rule: 'cluster-removed', level: 'warn' }]);
  expect(review.text).toContain('left running: its annotation or label has Flux leave it');
});

test('with a Kustomization goes what it applied', async () => {
  const review = await reviewed(FLUX, { 'flux/db.yaml': undefined });
  expect(review.risks).toMatchObject([
    {
      rule: 'flux-kustomization-removed',
      level: 'block',
      message:
        'the Flux Kustomization "db" is removed, and with it all that it applied: Cluster "shop-db"',
      related: [
        {
          note: 'the CNPG Cluster "shop-db" is removed, and its volumes with it [cluster-removed]',
        },
      ],
    },
  ]);
  expect(review.text).toContain('deleted together with its Flux Kustomization "db" once that is');
});

test.for([
  ['a database', CLUSTER, 'block'],
  ['no data', config('1', 'more'), 'high'],
] as const)(
  'a Namespace that comes again is without its content: %s',
  async ([, inside, level]) => {
    const shop = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';
    const review = await reviewed(
      {
        ...FLUX,
        'apps/db/cluster.yaml': inside,
        'flux/shop.yaml': fluxKustomization('shop', 'apps/shop'),
        'apps/shop/all.yaml': `${shop}---\n${config('1', 'lost')}`,
      },
      { 'flux/shop.yaml': undefined, 'apps/web/shop.yaml': shop },
    );
    expect(review.risks).toMatchObject([{ rule: 'flux-kustomization-removed', level }]);
  },
);

test.for([
  ['prune: false', 'left running: Flux Kustomization "db" does not prune'],
  ['prune: true', 'deleted by Flux: Kustomization "db" prunes'],
  ['prune: true\n  suspend: true', 'deleted once Kustomization "db", which is suspended, goes on'],
] as const)('what a Kustomization has no more: %s', async ([more, outcome]) => {
  const review = await reviewed(
    { ...FLUX, 'flux/db.yaml': fluxKustomization('db', 'apps/db', more) },
    { 'apps/db/cluster.yaml': undefined, 'apps/db/other.yaml': config('1', 'other') },
  );
  expect(review.text).toContain(`- Cluster shop/shop-db (apps/db); ${outcome}`);
});

test('what nothing deletes is no loss', async () => {
  const files = { ...FLUX, 'apps/db/cluster.yaml': `${CLUSTER}---\n${LOGIN}` };
  const review = await reviewed(
    { ...files, 'flux/db.yaml': fluxKustomization('db', 'apps/db', 'prune: false') },
    { 'flux/db.yaml': undefined },
  );
  expect(review.risks).toMatchObject([{ rule: 'cluster-removed', level: 'warn' }]);
});

test.for([
  [
    'that is not there fails',
    { 'apps/db/cluster.yaml': undefined },
    'Look at the path; or remove what applies it too, if that is meant.',
    ['build-broken'],
  ],
  [
    'of another repository is not seen',
    {
      'flux/db.yaml': fluxKustomization('db', 'deploy').replace(
        'name: flux-system }',
        'name: db }',
      ),
      'apps/db/cluster.yaml': undefined,
    },
    'Look at what lies there.',
    ['source-changed'],
  ],
] as const)('a folder %s, and nothing of it is said to go', async ([, change, said, rules]) => {
  const review = await reviewed(FLUX, change);
  expect(rulesOf(review)).toEqual(rules);
  expect(review.text).toContain(said);
  expect(review.text).not.toContain('- Cluster');
});

const RELEASE = (name: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: shop }
spec:
  interval: 1h
  chart: { spec: { chart: app-template, version: 4.2.0, sourceRef: { kind: HelmRepository, name: charts } } }
  values:
    controllers: { ${name}: { containers: { app: { image: { repository: web, tag: 1.0.0 }, envFrom: [{ secretRef: { name: login } }] } } } }
`;

test('what a release missed before it was renamed is no news', async () => {
  const review = await reviewed(
    { ...FLUX, 'apps/web/release.yaml': RELEASE('web') },
    { 'apps/web/release.yaml': RELEASE('web-2') },
  );
  expect(review.text).not.toContain('new error');
});

test('what a Kustomization needs by hand it needs by hand where it moves to', async () => {
  const decrypted = 'prune: true\n  decryption: { provider: sops, secretRef: { name: sops-age } }';
  const db = fluxKustomization('db', 'apps/db', decrypted);
  const review = await reviewed(
    { ...FLUX, 'flux/db.yaml': db },
    { 'flux/db.yaml': db.replace('namespace: flux-system }\nspec', 'namespace: shop }\nspec') },
  );
  expect(rulesOf(review)).not.toContain('namespace-move');
});

const CHARTS = `helmCharts:
  - name: valkey
    repo: https://charts.example.org
    version: 1.0.0
    releaseName: cache
    namespace: shop
    valuesInline: { persistence: { enabled: true, size: 5Gi } }
`;

test('a chart that comes or goes leaves the rest to be compared', async () => {
  const files: Files = { ...FLUX, 'apps/db/kustomization.yaml': 'resources: [cluster.yaml]\n' };
  const charted = { 'apps/db/kustomization.yaml': `resources: [cluster.yaml]\n${CHARTS}` };
  const shrunk = { 'apps/db/cluster.yaml': CLUSTER.replace('5Gi', '1Gi') };
  expect(rulesOf(await reviewed(files, { ...charted, ...shrunk }))).toEqual(['storage-shrunk']);
  const went = await reviewed(
    { ...files, ...charted },
    { ...shrunk, 'apps/db/kustomization.yaml': 'resources: [cluster.yaml]\n' },
  );
  expect(rulesOf(went)).toEqual(['storage-shrunk', 'volume-claim-removed']);
});

test('Flux leaves what says so', async () => {
  const kept = CLUSTER.replace(
    'namespace: shop }',
    'namespace: shop, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled } }',
  );
  const { text } = await reviewed(
    { ...FLUX, 'apps/db/cluster.yaml': kept },
    { 'apps/db/cluster.yaml': undefined, 'apps/db/other.yaml': config('1', 'other') },
  );
  expect(text).toContain('left running: its annotation or label has Flux leave it');
});

test.for([
  ['db', 'high'],
  ['web', 'warn'],
] as const)('who takes over from a Kustomization may come too late: %s', async ([name, level]) => {
  const review = await reviewed(FLUX, {
    [`flux/${name}.yaml`]: fluxKustomization('data', `apps/${name}`),
  });
  expect(review.risks).toMatchObject([{ rule: 'flux-kustomization-removed', level }]);
});

test('an Application is known by what it applies', async () => {
  const review = await reviewed(
    { 'argo/shop.yaml': application('shop', 'apps/db'), 'apps/db/cluster.yaml': CLUSTER },
    { 'apps/db/cluster.yaml': undefined, 'apps/db/other.yaml': config('1') },
  );
  expect(review.text).toContain('deleted by Argo CD: Application "shop" prunes');
});

test.for([
  ['a Kustomization', 'flux/db.yaml', fluxKustomization('db', 'apps/db')],
  [
    'an Application',
    'argo/db.yaml',
    application('db', 'apps/db').replace(
      'namespace: argocd }',
      'namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }',
    ),
  ],
])('with %s go its databases, and the Secrets that it made', async ([, file = '', deployer]) => {
  const before = { [file]: deployer, 'apps/db/cluster.yaml': CLUSTER, 'apps/db/login.yaml': LOGIN };
  const { text } = await reviewed(
    { ...before, 'apps/web.yaml': config('1') },
    { [file]: undefined },
  );
  expect(text).toMatch(/Cluster shop\/shop-db: .* and its volumes with it \[cluster-removed\]/);
  expect(text).toMatch(/ExternalSecret shop\/login: .* \[external-secret-removed\]/);
});

const OVERLAY: Files = {
  'overlays/prod/kustomization.yaml': 'resources: [../../base, ../../extra]\n',
  'base/kustomization.yaml': 'resources: [settings.yaml]\n',
  'base/settings.yaml': config('1'),
  'extra/kustomization.yaml': 'resources: [cluster.yaml]\nlabels: []\n',
  'extra/cluster.yaml': CLUSTER,
};

test('what an overlay has no more is gone, though its files are left over', async () => {
  const review = await reviewed(OVERLAY, {
    'overlays/prod/kustomization.yaml': 'resources: [../../base]\n',
  });
  expect(rulesOf(review)).toEqual(['cluster-removed']);
  expect(review.text).toContain('- Cluster shop/shop-db (prod)');
});

test('a folder beside the one that is asked for is known, and not told of', async () => {
  const store = `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: aws }
spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }
`;
  const review = await reviewed(
    { 'platform/store.yaml': store, 'apps/a.yaml': config('1') },
    { 'apps/login.yaml': LOGIN, 'platform/other.yaml': config('2', 'other') },
    'apps',
  );
  expect(rulesOf(review)).toEqual([]);
  expect(review.text).not.toContain('unknown-store');
  expect(review.changes).toMatchObject([{ objects: [{ name: 'login' }] }]);
});

test('one that leaves the folder that is asked for is known where it is now', async () => {
  const review = await reviewed(
    { ...FLUX, 'apps/db/other.yaml': config('1', 'other') },
    { 'apps/db/cluster.yaml': undefined, 'apps/web/cluster.yaml': CLUSTER },
    'apps/db',
  );
  expect(rulesOf(review)).toEqual(['data-moved']);
  expect(review.changes).toMatchObject([{ what: 'changed', objects: [{ name: 'shop-db' }] }]);
});

test('a Cluster that is switched on again is made anew from its backup', async () => {
  const restored = CLUSTER.replace(
    'instances: 2',
    'instances: 2, bootstrap: { recovery: { source: old } }',
  );
  const lists = (names: string): Files => ({
    'flux/apps/kustomization.yaml': `resources: [${names}]\n`,
  });
  const review = await reviewed(
    {
      'flux/all.yaml': fluxKustomization('all', 'flux/apps'),
      'flux/apps/web.yaml': fluxKustomization('web', 'apps/web'),
      'flux/apps/db.yaml': fluxKustomization('db', 'apps/db'),
      'apps/web/web.yaml': config('1'),
      'apps/db/cluster.yaml': restored,
      ...lists('web.yaml'),
    },
    lists('web.yaml, db.yaml'),
  );
  expect(rulesOf(review)).toEqual(['cluster-recovery']);
  expect(review.text).toContain('+ Cluster shop/shop-db (apps/db)');
});

test.for(['.', 'apps/db'])('a change of what is switched off is said: in %s', async below => {
  const lists = { 'flux/apps/kustomization.yaml': 'resources: [web.yaml]\n' };
  const review = await reviewed(
    {
      'flux/all.yaml': fluxKustomization('all', 'flux/apps'),
      'flux/apps/web.yaml': fluxKustomization('web', 'apps/db/web'),
      'flux/apps/db.yaml': fluxKustomization('db', 'apps'),
      'apps/db/web/web.yaml': config('1'),
      'apps/db/cluster.yaml': CLUSTER,
      'apps/other.yaml': config('1', 'other'),
      ...lists,
    },
    { 'apps/db/cluster.yaml': CLUSTER.replace('instances: 2', 'instances: 1') },
    below,
  );
  expect(review.risks).toEqual([]);
  expect(review.text).toContain('1 folder changes that is not applied, as no kustomization lists');
});

test('a unit that cannot be read costs itself', async () => {
  const review = await reviewed(FLUX, {
    'apps/web/kustomization.yaml': 'resources: [absent.yaml]\n',
    'apps/db/cluster.yaml': CLUSTER.replace('instances: 2', 'instances: 1'),
  });
  expect(rulesOf(review)).toEqual(['build-broken', 'single-instance']);
  expect(review.text).toContain(': 1 blocker, 1 high; 1 changed\n');
});

test('nothing is said to be without risk where something was not read', async () => {
  const { text } = await reviewed(FLUX, {
    'apps/web/kustomization.yaml': 'resources: [https://example.org/web.yaml]\n',
  });
  expect(text).toContain(': 1 environment was not read; no object changes\n');
});

test('what may be made by something that was not read is counted', async () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: a, image: b, envFrom: [{ secretRef: { name: login } }] }] }
`;
  const review = await reviewed(
    { ...FLUX, 'flux/more.yaml': fluxKustomization('more', 'elsewhere') },
    { 'apps/web/pod.yaml': pod },
  );
  expect(rulesOf(review)).toEqual([]);
  expect(review.doubts).toEqual([
    { reason: 'the Flux Kustomization "more" (its folder "./elsewhere" is not here)', count: 1 },
  ]);
  expect(review.text).toContain('not known: 1 reference not judged: made perhaps by');
});

test('a folder that two clusters apply is two units, and each has its own change', async () => {
  const cluster = (name: string, value: string): string =>
    `${fluxKustomization('apps', 'apps').replace(
      'prune: true',
      `prune: true\n  postBuild: { substitute: { VALUE: "${value}" } }`,
    )}---\n${config(value, `of-${name}`)}`;
  const review = await reviewed(
    {
      'clusters/one/apps.yaml': cluster('one', '1'),
      'clusters/two/apps.yaml': cluster('two', '2'),
      'apps/settings.yaml': config('$' + '{VALUE}'),
    },
    { 'clusters/two/apps.yaml': cluster('two', '3') },
  );
  const maps = review.changes.flatMap(({ objects }) =>
    objects.filter(({ name }) => name === 'settings'),
  );
  expect(maps).toMatchObject([{ environment: 'apps (from clusters/two)' }]);
});

test('a deployment object that has another name or file on head leaves its units their names', async () => {
  const moved = await reviewed(FLUX, {
    'flux/db.yaml': undefined,
    'flux/data/db.yaml': fluxKustomization('db', 'apps/db'),
    'apps/db/cluster.yaml': CLUSTER.replace('5Gi', '8Gi'),
  });
  expect(moved.changes.flatMap(({ objects }) => objects)).toContainEqual(
    expect.objectContaining({ name: 'shop-db', environment: 'apps/db' }),
  );
});

test('of two trees the place that they have in common is compared, and may be new in one', async () => {
  const folder = repositoryOf({ 'old/readme.md': 'x', 'new/apps/shop/settings.yaml': config('1') });
  expectStdout(
    await runMain(folder, 'diff --base old/apps/shop --head new/apps/shop'),
    0,
    '+ ConfigMap shop/settings',
  );
});

test('what was rendered of a repository has all that its Applications apply', async () => {
  const folder = repositoryOf({
    'old/all.yaml': `${application('shop', 'apps/shop')}---\n${CLUSTER}`,
    'new/all.yaml': `${application('shop', 'apps/shop')}---\n${CLUSTER}---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: a, image: b, envFrom: [{ secretRef: { name: shop-db-apps } }] }] }
`,
  });
  const { stdout } = await runMain(folder, 'diff --base path:old --head path:new');
  expect(stdout).toContain('nothing makes Secret "shop-db-apps"');
});

test('a folder of components alone is compared, and so is one without any manifest', async () => {
  const component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n';
  const review = await reviewed(
    { 'tls/kustomization.yaml': `${component}resources: [a.yaml]\n`, 'tls/a.yaml': config('1') },
    { 'tls/a.yaml': config('2') },
  );
  expect(review.changes).toMatchObject([{ objects: [{ name: 'settings', environment: 'tls' }] }]);
  const folder = repositoryOf({ '.github/workflows/ci.yaml': 'on: push\n' });
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toContain('warning: the head side, the working tree, has no manifests');
});

test('what a submodule has is neither new nor gone, wherever it is checked out', async () => {
  const folder = repositoryOf({ 'apps/settings.yaml': config('1') });
  const other = repositoryOf({ 'more.yaml': config('2', 'more') });
  git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'lib');
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toMatch(/no risks; no object changes\n/);
  expect(stdout).toContain('lib:1:1: warning: skipped: it is a submodule');
});

test('an applied folder that becomes a submodule, or another commit of it, is not read', async () => {
  const folder = repositoryOf({
    'argo/web.yaml': application('web', 'apps/web'),
    'apps/web/settings.yaml': config('1'),
  });
  const other = repositoryOf({ 'more.yaml': config('2', 'more') });
  const allowed = ['-c', 'protocol.file.allow=always'];
  git(folder, 'rm', '--quiet', '-r', 'apps/web');
  git(folder, ...allowed, 'submodule', '--quiet', 'add', other, 'apps/web');
  git(folder, 'commit', '--quiet', '--message', 'submodule');
  commit(other, { 'more.yaml': config('3', 'more') });
  git(folder, ...allowed, 'submodule', '--quiet', 'update', '--remote');
  git(folder, 'commit', '--quiet', '--all', '--message', 'another');
  for (const base of ['HEAD~2', 'HEAD~1']) {
    const head = base === 'HEAD~2' ? 'HEAD~1' : 'HEAD';
    expectStdout(
      await runMain(folder, ['diff', '--base', `rev:${base}`, '--head', `rev:${head}`]),
      2,
      /not read: apps\/web \(.*head side\): skipped: it is a submodule/,
    );
  }
});

test('a copy that nothing applied and an Application applies now is compared with what it applied so far', async () => {
  const copied: Files = {
    'argo/shop.yaml': application('shop', 'old'),
    'old/cluster.yaml': CLUSTER,
    'new/cluster.yaml': CLUSTER,
    'new/settings.yaml': config('1'),
  };
  const after = {
    'argo/shop.yaml': application('shop', 'new'),
    'new/cluster.yaml': CLUSTER.replace('5Gi', '8Gi'),
  };
  for (const old of [CLUSTER, undefined]) {
    const review = await reviewed(copied, { ...after, 'old/cluster.yaml': old });
    const { text } = review;
    expect(rulesOf(review)).toEqual(['source-changed']);
    expect(text).toMatch(/^~ Cluster shop\/shop-db \(new\)\n {4}~ spec.storage.size$/m);
    expect(text).toMatch(/^\+ ConfigMap shop\/settings \(new\)$/m);
  }
});

test('a copy that goes when something else is applied is no loss, and that is said', async () => {
  const copied: Files = {
    'argo/shop.yaml': application('shop', 'new'),
    'old/cluster.yaml': CLUSTER,
    'new/cluster.yaml': CLUSTER,
  };
  const kept = await reviewed(copied, { 'old/cluster.yaml': undefined });
  expect(kept.text).toMatch(/^HEAD~1 → HEAD: no risks; no object changes$/m);
  expect(kept.text).toMatch(/^warning: "old" goes, which nothing here applied/m);
  const lost = await reviewed(copied, {
    'old/cluster.yaml': undefined,
    'new/cluster.yaml': undefined,
  });
  expect(rulesOf(lost)).toContain('cluster-removed');
});

test('a unit that nothing applied and conflicts with another is where it is applied now', async () => {
  const second = CLUSTER.replace('instances: 2', 'instances: 3');
  const byHand: Files = {
    'argo/a.yaml': application('a', 'a'),
    'a/cluster.yaml': CLUSTER,
    'b/cluster.yaml': second,
  };
  const other = application('b', 'b').replace('https://kubernetes.default.svc', 'https://b');
  const { text, risks } = await reviewed(byHand, { 'argo/b.yaml': other });
  expect(risks).toEqual([]);
  expect(text).toMatch(/^\+ Application argocd\/b/m);
  expect(text).not.toMatch(/^[+-] Cluster/m);
});

test('what two units applied, and one goes on to, has not moved; an Application deletes none of what it has not', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';
  const { text } = await reviewed(
    {
      'argo/b.yaml': application('b', 'b'),
      'a/shop.yaml': namespace,
      'a/settings.yaml': config('1'),
      'b/shop.yaml': namespace,
    },
    { 'a/shop.yaml': undefined, 'a/settings.yaml': undefined },
  );
  expect(text).toMatch(/^HEAD~1 → HEAD: no risks; 1 removed$/m);
  expect(text).toMatch(
    /^- ConfigMap shop\/settings \(a\); left running unless something that is not read applies it, and prunes$/m,
  );
});

test('a folder that is emptied is still there: what it held is deleted', async () => {
  const readme = { ...FLUX, 'apps/db/README.md': '' };
  const left = await reviewed(readme, { 'apps/db/cluster.yaml': undefined });
  expect(rulesOf(left)).toContain('cluster-removed');
  expect(left.broken).toEqual([]);
  const argo = {
    'argo/db.yaml': application('db', 'db'),
    'argo/web.yaml': application('web', 'web'),
    'db/cluster.yaml': CLUSTER,
    'db/README.md': '',
    'web/settings.yaml': config('1'),
    'web/more.yaml': config('1', 'more'),
  };
  const changes = { 'db/cluster.yaml': undefined, 'web/more.yaml': undefined };
  const { text } = await reviewed(argo, changes);
  expect(text).toContain('(db); left running: Argo CD empties Application "db" only when somebody');
  expect(text).toContain('(web); deleted by Argo CD: Application "web" prunes');
  const may = application('db', 'db').replace('prune: true', 'prune: true, allowEmpty: true');
  const allowed = await reviewed({ ...argo, 'argo/db.yaml': may }, changes);
  expect(allowed.text).toContain('(db); deleted by Argo CD: Application "db" prunes');
  const listed = { ...FLUX, 'apps/db/kustomization.yaml': 'resources: [cluster.yaml]\n' };
  const none = {
    'apps/db/kustomization.yaml': 'resources: []\n',
    'apps/db/cluster.yaml': undefined,
  };
  expect(rulesOf(await reviewed(listed, none))).toContain('cluster-removed');
});

test('what comes of a unit that cannot be read is not known, and not gone', async () => {
  const web = fluxKustomization('web', 'apps/web', 'prune: true\n  dependsOn: [{ name: db }]');
  const before: Files = {
    ...FLUX,
    'flux/db.yaml': fluxKustomization('infra', 'infra'),
    'flux/web.yaml': web,
    'infra/kustomization.yaml': 'resources: [db.yaml]\n',
    'infra/db.yaml': fluxKustomization('db', 'apps/db'),
  };
  const remote = 'resources: [https://example.org/db.yaml]\n';
  for (const after of [remote, undefined]) {
    const changes = { 'infra/kustomization.yaml': after, 'infra/db.yaml': undefined };
    const review = await reviewed(before, changes);
    const isBuilt = after !== undefined;
    expect(rulesOf(review)).toEqual(isBuilt ? [] : ['build-broken']);
    expect(review.broken).toHaveLength(isBuilt ? 1 : 0);
    expect(rulesOf(await reviewed(before, changes, 'apps'))).toEqual(rulesOf(review));
  }
  const none = { 'infra/kustomization.yaml': 'resources: []\n', 'infra/db.yaml': undefined };
  expect((await reviewed(before, none)).text).toContain('[dependency-lost]');
});

test('a folder that goes and the only deployment object still names is told', async () => {
  const review = await reviewed(
    { 'flux/db.yaml': fluxKustomization('db', 'apps/db'), 'apps/db/cluster.yaml': CLUSTER },
    { 'apps/db/cluster.yaml': undefined },
  );
  expect(review.text).toMatch(/there is no folder "(\.\/)?apps\/db", which/);
  expect(rulesOf(review)).toEqual(['build-broken']);
});
