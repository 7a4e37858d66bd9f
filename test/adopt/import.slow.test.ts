import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLongTexts } from '../../generator/import/draft.ts';
import {
  exits,
  expectStdout,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  readText,
  root,
  runMain,
} from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';
import { blocks } from '../markdown-blocks.ts';

const store = 'secretStoreRef: { kind: ClusterSecretStore, name: vault }';

const externalSecret = (name: string, more = ''): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: shop }
spec:
  ${store}
  data:
    - secretKey: token # ${name}'s own
      remoteRef: { key: ${name} }
${more}`;

const plainSecret = `apiVersion: v1
kind: Secret
metadata: { name: session, namespace: shop }
stringData: { key: hunter2-hunter2, salt: peppered }
`;

async function importFiles(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = folderOf(files);
  const ran = await runMain(folder, ['import', '--name', 'shop', ...args]);
  const file = join(folder, 'rem-secrets.yaml');
  return { ...ran, folder, spec: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}

test('what the repository has beside the imported folder is there', async () => {
  const files = {
    '.git/HEAD': '',
    'platform/store.yaml': `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault }
spec: { provider: { vault: { server: https://vault.example.com } } }
`,
    'apps/keys.yaml': externalSecret('keys'),
  };
  const { stdout } = await importFiles(files, 'apps');
  expect(stdout).toMatch(/^0 differences in 1 object\n/);
  const alone = await importFiles({ ...files, 'platform/store.yaml': '' }, 'apps');
  expect(alone.stdout).toContain('[unknown-store]');
});

test('the YAML blocks of a Markdown document become a spec, with what is said beside them', async () => {
  const folder = folderOf();
  const file = join(root, 'test/adopt/markdown/README.md');
  const { stdout } = exits(0, await runMain(folder, ['import', '--name', 'shop', file]));
  const spec = readText(folder, 'rem-secrets.yaml');
  await expect(spec).toMatchFileSnapshot(join(root, 'test/adopt/markdown/rem-secrets.yaml'));
  await expect(stdout.replaceAll(file, 'README.md')).toMatchFileSnapshot(
    join(root, 'test/adopt/markdown/out.txt'),
  );
});

test('a Secret with values is declared with its keys, and no value goes anywhere', async () => {
  const files = { 'a.yaml': plainSecret, 'b.yaml': externalSecret('api') };
  for (const format of ['text', 'json']) {
    const { status, stdout, stderr, spec } = await importFiles(files, '--format', format, '.');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(spec).toContain('session: { manual: [key, salt] }');
    expect(stdout + spec).not.toMatch(/hunter2|peppered/);
    expect(stdout).toContain('keep shop/session: the new tree has no Secrets with values');
  }
});

test('comments go along; a secret in one does not', async () => {
  const more = `
  # password: hunter2hunter2
  # every so often
  refreshInterval: 5m`;
  const { spec } = await importFiles(
    { 'a.yaml': `# What we pay with\n${externalSecret('api', more)}` },
    '.',
  );
  expect(spec).toContain(`
    # What we pay with
    api:
      store: vault
      keys:
        token: api # api's own
      # every so often
      refreshInterval: 5m
`);
  expect(spec).not.toContain('hunter2');
});

test('names, labels and annotations stay, and nothing is added', async () => {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web }, annotations: { team: shop } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:1', env: [{ name: B, value: b }, { name: A, value: a }] }] }
`;
  const { folder, status } = await importFiles({ 'deploy/a.yaml': deployment }, 'deploy');
  expect(status).toBe(0);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  expect(objectsOf((await runMain(folder, 'render')).stdout)).toEqual(objectsOf(deployment));
  const diff = await runMain(folder, '--format json diff --base path:deploy --head path:base');
  expect(diff.status).toBe(0);
});

test('what a cluster wrote is left out', async () => {
  const live = `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  namespace: shop
  uid: 8a1e3c1c-2f61-4f5f-9d0f-2d1c0f6a7b11
  resourceVersion: '1234'
  creationTimestamp: 2026-01-01T00:00:00Z
  annotations: { kubectl.kubernetes.io/last-applied-configuration: '{}' }
data: { a: b }
status: {}
`;
  const { spec } = await importFiles({ 'a.yaml': live }, '.');
  expect(spec).toContain('configMaps: { a: { hash: false, data: { a: b } } }');
  expect(spec).not.toMatch(/uid|resourceVersion|last-applied|status/);
});

test('a spec that is there is not written over unasked', async () => {
  const files = { 'rem-secrets.yaml': 'mine', 'in/a.yaml': externalSecret('api') };
  const kept = await importFiles(files, 'in');
  expect(kept).toMatchObject({ status: 2, stdout: '', spec: 'mine' });
  expect(kept.stderr).toContain('rem-secrets.yaml is there: name another folder with --out');
  expect((await importFiles(files, '--overwrite', 'in')).spec).toContain('api:');
  const elsewhere = await importFiles(files, '--out', 'new/folder', 'in');
  expect(elsewhere).toMatchObject({ status: 0, spec: 'mine' });
  expect(existsSync(join(elsewhere.folder, 'new/folder/rem-secrets.yaml'))).toBe(true);
});

test('a folder of a base of another is left alone, and the advice says how', async () => {
  const { stdout } = await importFiles(
    { 'base/kustomization.yaml': 'resources: [a.yaml]', 'base/a.yaml': externalSecret('api') },
    'base',
  );
  expect(stdout).toContain('expand --out rem-secrets');
});

test('what no spec can hold is told, and nothing is written without --partial', async () => {
  const files = {
    'a.yaml': configMap('leak', "{ URL: 'postgresql://shop:hunter2@db:5432/shop' }"),
    'b.yaml': externalSecret('api'),
  };
  const { status, stdout, spec } = await importFiles(files, '.');
  expect({ status, spec }).toEqual({ status: 1, spec: undefined });
  expect(stdout).toContain('1 difference in 2 objects\n  not made: ConfigMap shop/leak');
  expect(stdout).toContain('--partial writes the spec of what does');
  const partial = await importFiles(files, '--partial', '.');
  expect(partial.status).toBe(1);
  expect(partial.spec).toContain('api:');
  for (const text of [stdout, partial.stdout, partial.spec]) expect(text).not.toContain('hunter2');
});

test('a file that cannot be read keeps the spec from being written', async () => {
  const files = { 'a.yaml': externalSecret('api'), 'b.yaml': 'kind: [ # open' };
  const { status, stdout, spec } = await importFiles(files, '.');
  expect({ status, spec }).toEqual({ status: 1, spec: undefined });
  expect(stdout).toContain('b.yaml:');
  expect((await importFiles(files, '--partial', '.')).spec).toContain('api:');
});

test('what is wrong with manifests is told as lint tells it, and does not stop the import', async () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: job, namespace: shop }
spec: { containers: [{ name: job, image: 'a:1', envFrom: [{ secretRef: { name: gone } }] }] }
`;
  const { status, stdout, spec } = await importFiles({ 'a.yaml': pod }, '.');
  expect(status).toBe(0);
  expect(stdout).toContain('nothing makes the Secret "gone" in namespace "shop" [unknown-secret]');
  expect(spec).toContain('pod-job');
});

test('kustomizations with objects in common are environments, and others are one set', async () => {
  const files = {
    'base/kustomization.yaml': 'resources: [a.yaml]',
    'base/a.yaml': externalSecret('api'),
    'overlays/dev/kustomization.yaml': 'resources: [../../base]\nnamespace: dev',
    'overlays/prod/kustomization.yaml':
      "resources: [../../base]\npatches: [{ patch: '{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: api, namespace: shop }, spec: { refreshInterval: 1m } }' }]",
  };
  const both = await importFiles(files, 'overlays');
  expect(both.spec).toContain('environments:\n    dev:');
  expect(both.stdout).toContain('0 differences in 2 objects of dev, prod');
  expect((await importFiles(files, 'test=overlays/dev', 'live=overlays/prod')).stdout).toContain(
    'of test, live',
  );
  expect(await importFiles(files, 'test=overlays/dev', 'overlays/prod')).toMatchObject({
    status: 2,
  });
  const apart = {
    'a/kustomization.yaml': 'resources: [a.yaml]',
    'a/a.yaml': externalSecret('one'),
  };
  const other = {
    'b/kustomization.yaml': 'resources: [b.yaml]',
    'b/b.yaml': externalSecret('two'),
  };
  const one = await importFiles({ ...apart, ...other }, '.');
  expect(one.spec).not.toContain('environments');
  expect(one.stdout).toContain('0 differences in 2 objects\n');
});

test('objects without a namespace are in the one that is given, and that is told', async () => {
  const files = { 'a.yaml': externalSecret('api').replace(', namespace: shop', '') };
  const unsaid = await importFiles(files, '.');
  expect(unsaid).toMatchObject({ status: 2, spec: undefined });
  expect(unsaid.stderr).toContain('say it with --namespace');
  const { stdout, spec } = await importFiles(files, '--namespace', 'shop', '.');
  expect(spec).toContain('namespace: shop');
  expect(stdout).toContain('1 object names no namespace: it is taken to be in shop');
});

test('an object of a kind that nobody knows keeps its place', async () => {
  const tenant = 'apiVersion: example.com/v1\nkind: Tenant\nmetadata: { name: a }\n';
  const { spec, status } = await importFiles(
    { 'a.yaml': tenant, 'b.yaml': externalSecret('api') },
    '.',
  );
  expect(status).toBe(0);
  expect(spec).toMatch(/tenant-a:\s+scope: Cluster/);
});

test('stdin is read, and a path that is not there is wrong usage', async () => {
  const folder = folderOf();
  expect((await runMain(folder, 'import --name shop -', externalSecret('api'))).status).toBe(0);
  expect((await runMain(folder, 'import --out x gone')).stderr).toContain('there is no gone');
  expect(await runMain(folderOf([['a.txt', '']]), 'import .')).toMatchObject({
    status: 2,
    stdout: '',
  });
});

test('a spec is named after the folder that import runs in, wherever it is written', async () => {
  const folder = join(folderOf([['Web Shop_1/k/a.yaml', externalSecret('api')]]), 'Web Shop_1');
  expect(await runMain(folder, 'import k --out gitops')).toMatchObject({ status: 0 });
  expect(readText(folder, 'gitops/rem-secrets.yaml')).toContain('metadata: { name: web-shop-1 }');
  for (const flag of ['--name', '--namespace'])
    expect(await runMain(folder, ['import', 'k', flag, 'Web Shop'])).toEqual({
      status: 2,
      stdout: '',
      stderr: `rem-secrets: ${flag} takes up to 63 small letters, digits and hyphens, with no hyphen first or last, not "Web Shop"\n`,
    });
});

test('a kustomization can be named by its file: what it builds is imported', async () => {
  const files = {
    'k/kustomization.yaml': 'resources: [a.yaml]',
    'k/a.yaml': externalSecret('api'),
  };
  const { status, stdout, spec } = await importFiles(files, 'k/kustomization.yaml');
  expect(status).toBe(0);
  expect(spec).toContain('api:');
  expect(stdout).toContain('diff --base path:k --head path:base');
});

test('where nothing could be read it is said why, and no spec is written', async () => {
  const files = { 'a.yaml': 'kind: [\n' };
  const text = await importFiles(files, '--partial', 'a.yaml');
  expect(text).toMatchObject({ status: 1, stderr: '', spec: undefined });
  expect(text.stdout).toMatch(/^a\.yaml:\d+:\d+: error: not valid YAML/);
  expect(text.stdout).toMatch(/\n\nrem-secrets.yaml is not written: nothing could be read\n$/);
  const json = JSON.parse((await importFiles(files, '--format', 'json', 'a.yaml')).stdout);
  expect(json).toMatchObject({ outcome: 'refused', environments: [] });
});

test('nothing is written through a link', async () => {
  const outside = folderOf();
  const folder = folderOf([['a.yaml', externalSecret('api')]]);
  symlinkSync(outside, join(folder, 'out'));
  expect(await runMain(folder, 'import --out out a.yaml')).toMatchObject({ status: 2 });
  expect(existsSync(join(outside, 'rem-secrets.yaml'))).toBe(false);
});

test('--format json tells every object and how it is said', async () => {
  const { stdout } = await importFiles(
    {
      'a.yaml': externalSecret('api'),
      'b.yaml': configMap('flags', '{ level: debug }').replace('\ndata:', '\nbinaryData:'),
    },
    '--format',
    'json',
    '.',
  );
  expect(JSON.parse(stdout)).toMatchObject({
    file: 'rem-secrets.yaml',
    outcome: 'written',
    environments: [
      {
        name: '',
        namespace: 'shop',
        compared: 2,
        differences: [],
        objects: [
          {
            kind: 'ConfigMap',
            rung: 'verbatim',
            reason: 'a ConfigMap of the spec has texts alone',
          },
          { kind: 'ExternalSecret', namespace: 'shop', name: 'api', rung: 'short', reason: null },
        ],
      },
    ],
  });
});

test('docs/import.md shows what import prints and writes', async () => {
  const folder = join(folderOf(), 'shop');
  cpSync(join(root, 'test/adopt/shop'), folder, { recursive: true });
  const { stdout } = await runMain(folder, 'import overlays/dev overlays/prod');
  expect(readText(root, 'docs/import.md')).toContain(`\n${stdout}\`\`\``);
  expect(blocks('docs/import.md', 'yaml')).toEqual([readText(folder, 'rem-secrets.yaml')]);
  expect(await runMain(folder, 'expand --out rem-secrets')).toMatchObject({ status: 0 });
  for (const name of ['dev', 'prod']) {
    const sides = [
      '--base',
      `path:overlays/${name}`,
      '--head',
      `path:rem-secrets/overlays/${name}`,
    ];
    const diff = JSON.parse((await runMain(folder, ['--format', 'json', 'diff', ...sides])).stdout);
    expect(diff.risks, name).toEqual([]);
    expect(diff.changes, name).toMatchObject([{ what: 'removed' }]);
    expect(JSON.stringify(diff.changes)).toContain('"name":"session"');
  }
});

test('a base or a chart that is not read keeps the spec from being written', async () => {
  const kustomization = `resources: [a.yaml, 'https://example.com/shop?ref=1']
helmCharts: [{ name: cache, repo: 'https://charts.example.com', version: 1.0.0 }]
`;
  const files = { 'kustomization.yaml': kustomization, 'a.yaml': externalSecret('api') };
  const { status, stdout, spec } = await importFiles(files, '.');
  expect({ status, spec }).toEqual({ status: 1, spec: undefined });
  expect(stdout).toContain('0 differences in 1 object; 2 of what they are made of was not read');
  expect(stdout.match(/not read: a Helm chart: cache/g)).toHaveLength(1);
  expect(await importFiles(files, '--partial', '.')).toMatchObject({
    status: 1,
    spec: expect.any(String),
  });
});

test('several things with environments of their own are no environments of one', async () => {
  const files = ['a', 'b', 'c'].flatMap(app =>
    ['dev', 'prod'].flatMap(name => [
      [`${app}/${name}/kustomization.yaml`, 'resources: [x.yaml]'],
      [
        `${app}/${name}/x.yaml`,
        externalSecret(app).replace('namespace: shop', `namespace: ${name}`),
      ],
    ]),
  );
  const { status, stderr } = await importFiles(Object.fromEntries(files), '.');
  expect(status).toBe(2);
  expect(stderr).toContain('these are several things, with environments of their own');
});

test('what one environment alone says stands in it, and what is said of a patched field at the field', async () => {
  const set = (size: string, why: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web, namespace: shop }
spec:
  # asked for in #payments
  revisionHistoryLimit: 3
  replicas: ${size} # ${why}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "example/web:1" }] }
`;
  const { spec } = await importFiles(
    {
      'dev/kustomization.yaml': 'resources: [a.yaml]',
      'dev/a.yaml': set('1', 'enough'),
      'prod/kustomization.yaml': 'resources: [a.yaml]',
      'prod/a.yaml': set('3', 'one a zone'),
    },
    'dev',
    'prod',
  );
  expect(spec).toMatch(/# asked for in #payments\n\s+revisionHistoryLimit: 3/);
  const [base, environments] = spec?.split('  environments:') ?? [];
  expect(environments).toContain('# one a zone');
  expect(base).not.toContain('one a zone');
});

const secretStore = (provider: string): string =>
  `apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: { name: vault, namespace: shop }\nspec: { provider: ${provider} }\n`;

test.for([
  ['creationPolicy', externalSecret('api', '  target: { creationPolicy: null }\n')],
  ['deletionPolicy', externalSecret('api', '  target: { deletionPolicy: null }\n')],
  ['immutable', externalSecret('api', '  target: { immutable: null }\n')],
  ['a field of a provider', secretStore('{ kubernetes: { remoteNamespace: null, auth: null } }')],
] as const)('%s that is null in one environment says nothing', async ([, text]) => {
  const { status, stderr, spec } = await importFiles(
    {
      'dev/kustomization.yaml': 'resources: [a.yaml]',
      'dev/a.yaml': text.replace(/(?:, )?\w+: null/g, ''),
      'prod/kustomization.yaml': 'resources: [a.yaml]',
      'prod/a.yaml': text,
    },
    'dev',
    'prod',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(spec).not.toContain('null');
});

test('of a repository of Flux the overlays are environments, and who applies them is told', async () => {
  const applied = (name: string): string => fluxKustomization('apps', `apps/${name}`);
  const { status, stdout } = await importFiles(
    {
      '.git/HEAD': '',
      'clusters/dev/apps.yaml': applied('dev'),
      'clusters/prod/apps.yaml': applied('prod'),
      'apps/dev/kustomization.yaml': 'resources: [../base]',
      'apps/prod/kustomization.yaml': 'resources: [../base]',
      'apps/base/kustomization.yaml': 'resources: [api.yaml]',
      'apps/base/api.yaml': externalSecret('api'),
    },
    '.',
  );
  expect(status).toBe(0);
  expect(stdout).toContain('0 differences in 2 objects of dev, prod\n');
  expect(stdout.match(/^Flux Kustomization flux-system\/apps applies/gm)).toHaveLength(2);
});

test('this repository is imported with its Argo CD, its shared cluster and its IAM', async () => {
  const folder = folderOf();
  for (const part of ['base', 'overlays', 'components', 'argocd', 'iam'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  const paths = readdirSync(join(root, 'overlays')).map(name => `${name}=overlays/${name}`);
  const { stdout } = exits(0, await runMain(folder, ['import', '--out', 'new', ...paths]));
  expect(stdout).toMatch(/^0 differences in \d+ objects of dev, prod, shared, staging, argocd$/m);
  expect(stdout, 'all of it is made').not.toMatch(/not in it|applies overlays/);
  await runMain(folder, 'expand --file new/rem-secrets.yaml');
  for (const part of ['argocd', 'iam'])
    expect(output('diff', ['-r', part, join('new', part)], { cwd: folder })).toBe('');
});

test('an iam that is a file, or a link to all of the machine, is not what expand made', async () => {
  const folder = folderOf();
  cpSync(join(root, 'test/golden/iam/expected'), folder, { recursive: true });
  const iam = join(folder, 'iam');
  const paths = ['dev', 'prod', 'shared', 'test'].map(name => `${name}=overlays/${name}`);
  const imported = async (out: string): Promise<string[]> => {
    const { status, stderr } = await runMain(folder, ['import', '--out', out, ...paths]);
    return [`${status}`, stderr];
  };
  rmSync(iam, { recursive: true });
  writeFileSync(iam, '');
  expect(await imported('beside-a-file')).toEqual(['0', '']);
  rmSync(iam);
  symlinkSync('/', iam);
  expect(await imported('beside-a-link')).toEqual(['0', '']);
});

test.for([
  [
    'an Application',
    'argocd/applications/application-shop-dev.yaml',
    'selfHeal: true',
    'selfHeal: false',
    'argocd/ is not in it: Application argocd/shop-dev would be another',
  ],
  [
    'a Kustomization',
    'flux/prod/kustomization-shop-prod.yaml',
    'wait: true',
    'wait: false',
    'flux/prod/ is not in it: Flux Kustomization gitops/shop-prod would be another',
  ],
] as const)('%s that a person has changed stays theirs', async ([, file, before, after, told]) => {
  const folder = folderOf();
  cpSync(join(root, 'test/golden/flux-multi-cluster/expected'), folder, { recursive: true });
  writeFileSync(join(folder, file), readText(folder, file).replace(before, after));
  const paths = ['dev', 'nonprod', 'prod', 'staging'].map(name => `${name}=overlays/${name}`);
  expectStdout(await runMain(folder, ['import', '--out', 'new', ...paths]), 0, `\n${told}`);
  const spec = readText(folder, 'new/rem-secrets.yaml');
  expect(spec).toContain(told.startsWith('argocd') ? '  flux:' : '  argocd:');
  expect(spec).not.toContain(told.startsWith('argocd') ? '  argocd:' : '  flux:');
});

test('what the spec that was there said of clusters, Argo CD and Flux is told, and who applies the overlay', async () => {
  const kustomization = fluxKustomization('web', 'overlays/prod');
  const spec = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  flux: { path: . }
  iam: {}
  environments: { prod: { cluster: near, versions: { kubernetes: 1.35 } } }
`;
  const { status, stdout } = await importFiles(
    {
      '.git/HEAD': '',
      'rem-secrets.yaml': spec,
      'clusters/near/web.yaml': kustomization,
      'clusters/near/other.yaml': kustomization.replace('overlays/prod', 'overlays/other'),
      'overlays/prod/kustomization.yaml': 'resources: [a.yaml]',
      'overlays/prod/a.yaml': externalSecret('api'),
    },
    '--overwrite',
    'overlays/prod',
  );
  expect(status).toBe(0);
  expect(stdout).toContain(
    'not in it, as the manifests do not show it: cluster, flux, iam, versions of the spec that was there; take over what still holds\n',
  );
  expect(stdout.match(/^Flux Kustomization .*/gm)).toEqual([
    'Flux Kustomization flux-system/web applies overlays/prod: have it apply the new overlay, or the spec make it (docs/flux.md)',
  ]);
});

test('an object of a version whose fields are the same comes in the newest, and that is said', async () => {
  const folder = folderOf({
    'keys.yaml': `apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: keys, namespace: shop }
spec:
  refreshInterval: 1h
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  target: { name: keys, creationPolicy: Owner }
  dataFrom: [{ extract: { key: shop/keys } }]
`,
  });
  const { stdout } = await runMain(folder, 'import keys.yaml');
  expect(stdout).toMatch(/^1 objects, \d+ fields in short form$/m);
  expect(stdout).toContain(
    '1 object of external-secrets.io/v1beta1 comes as external-secrets.io/v1',
  );
  const { stdout: made } = await runMain(folder, 'render');
  expect(objectsOf(made).map(({ apiVersion }) => apiVersion)).toEqual(['external-secrets.io/v1']);
});

test('what all have stands once, long texts stand in files, and names with a hash get it again', async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
  const overlay = (environment: string): string =>
    `resources: [../../base]\nlabels: [{ pairs: { stage: ${environment}, team: shop }, includeTemplates: true }]\n`;
  const folder = folderOf({
    'base/kustomization.yaml':
      'resources: [api.yaml]\nconfigMapGenerator: [{ name: settings, namespace: shop, files: [app.txt] }]\n',
    'base/app.txt': `${lines}\n`,
    'base/api.yaml': DEPLOYMENT_WITH_SETTINGS,
    'overlays/dev/kustomization.yaml': overlay('dev'),
    'overlays/prod/kustomization.yaml': overlay('prod'),
  });
  const args = [
    'import',
    '--base',
    'prod',
    '--out',
    'new',
    'dev=overlays/dev',
    'prod=overlays/prod',
  ];
  expect(await runMain(folder, args)).toMatchObject({ status: 0 });
  const spec = readText(folder, 'new/rem-secrets.yaml');
  expect(spec).toContain('  labels: { stage: prod, team: shop }\n');
  expect(spec).toContain('settings: { data: { app.txt: { file: files/app.txt } } }');
  expect(spec).toContain('    prod: {}\n');
  expect(spec).not.toContain('patch');
  expect(readText(folder, 'new/files/app.txt')).toBe(`${lines}\n`);
  expect(await runMain(join(folder, 'new'), 'expand')).toMatchObject({ status: 0 });
  const names = ['overlays/dev', 'new/overlays/dev'].map(path =>
    kustomizeBuild(join(folder, path))
      .map(({ metadata }) => metadata.name)
      .sort(),
  );
  expect(names[1]).toEqual(names[0]);
  writeFileSync(join(folder, 'new/files/app.txt'), 'mine');
  rmSync(join(folder, 'new/rem-secrets.yaml'));
  const again = await runMain(folder, args);
  expect(again).toMatchObject({ status: 2 });
  expect(again.stderr).toContain('new/files/app.txt is there, with another text');
  expect(await runMain(folder, [...args, '--extract', '0'])).toMatchObject({ status: 0 });
  expect(readText(folder, 'new/rem-secrets.yaml')).toContain('line 29');
  expect((await runMain(folder, [...args, '--overwrite', '--base', 'x'])).stderr).toContain(
    'there is no environment "x"',
  );
});

const DEPLOYMENT_WITH_SETTINGS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers: [{ name: api, image: 'example/api:1', envFrom: [{ configMapRef: { name: settings } }] }]
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ port: 80 }] }
`;

test('no name in a manifest leads a text out of files/, or hides it', async () => {
  const text = JSON.stringify('line\n'.repeat(30));
  const { folder } = await importFiles(
    {
      'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop }\ndata: { .git: ${text} }\n`,
    },
    'a.yaml',
  );
  expect(readdirSync(join(folder, 'files'))).toEqual(['git.txt']);
  // Of an object that no schema has seen.
  const texts = { '../../out': 'line\n'.repeat(30), 'x/../../out': 'other\n'.repeat(30) };
  const { files } = withLongTexts({ spec: { configMaps: { '../a': { data: texts } } } }, 20);
  expect([...files.keys()]).toEqual(['files/out.txt', 'files/x-out.txt']);
});

test('a sync wave of its own stays with an object, and expand makes no others', async () => {
  const file = externalSecret('api').replace(
    'namespace: shop }',
    "namespace: shop, annotations: { argocd.argoproj.io/sync-wave: '-5' } }",
  );
  const { status, spec } = await importFiles({ 'a.yaml': file }, 'a.yaml');
  expect(status).toBe(0);
  expect(spec).toMatch(/omit: \[.*syncWaves\]/);
  expect(spec).toContain("annotations: { argocd.argoproj.io/sync-wave: '-5' }");
  expect(spec).not.toContain('patch');
});

test('what lies beside overlays is no environment of theirs: the command that imports these is named', async () => {
  const folders = { 'shop/dev': 'api', 'shop/prod': 'api', tools: 'scanner' };
  const files = Object.entries(folders).flatMap(([folder, name]) => [
    [`${folder}/kustomization.yaml`, 'resources: [x.yaml]'],
    [`${folder}/x.yaml`, externalSecret(name)],
  ]);
  const { status, stderr } = await importFiles(Object.fromEntries(files), '.');
  expect(status).toBe(2);
  expect(stderr).toContain(', such as rem-secrets import dev=shop/dev prod=shop/prod\n');
});
