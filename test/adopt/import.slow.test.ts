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
import { casesIn, patternOf, type Tree, writtenIn } from '../cases.ts';
import {
  exits,
  expectStdout,
  expectTexts,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  readText,
  root,
  runMain,
} from '../machine.ts';
import { externalSecret } from '../manifests.ts';
import { blocks } from '../markdown-blocks.ts';

async function importFiles(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = folderOf(files);
  const ran = await runMain(folder, ['import', '--name', 'shop', ...args]);
  const file = join(folder, 'rem-secrets.yaml');
  return { ...ran, folder, spec: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}

interface Case {
  readonly files: Tree;
  readonly args: string;
  readonly status?: number;
  /** Texts, or patterns between slashes, that are said or written, and that are not. */
  readonly says?: readonly string[];
  readonly never?: readonly string[];
  readonly stderr?: string;
  readonly json?: object;
  readonly spec?: readonly string[] | null;
  readonly specNever?: readonly string[];
}

const FIELDS: (keyof Case)[] = [
  ...(['files', 'args', 'status', 'says', 'never', 'stderr', 'json', 'spec', 'specNever'] as const),
];

test.for(casesIn<Case>(import.meta.dirname, 'import.yaml', FIELDS))('%s', async ([, one]) => {
  const { stderr, spec, says = [], never = [], specNever = [] } = one;
  const files = Object.fromEntries(writtenIn(one.files));
  const ran = await importFiles(files, ...one.args.split(' '));
  expectTexts(ran.stdout, says.map(patternOf));
  for (const text of never) expect(ran.stdout).not.toMatch(patternOf(text));
  if (one.status !== undefined) exits(one.status, ran);
  if (stderr === '') expect(ran.stderr).toBe('');
  else if (stderr !== undefined) expect(ran.stderr).toContain(stderr);
  if (one.json !== undefined) expect(JSON.parse(ran.stdout)).toMatchObject(one.json);
  if (spec === null) expect(ran.spec).toBeUndefined();
  else expectTexts(ran.spec ?? '', (spec ?? []).map(patternOf));
  for (const text of specNever) expect(ran.spec).not.toMatch(patternOf(text));
});

test('what the repository has beside the imported folder is there', async () => {
  const files = {
    '.git/HEAD': '',
    'platform/store.yaml': `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: aws }
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

test('nothing is written through a link', async () => {
  const outside = folderOf();
  const folder = folderOf([['a.yaml', externalSecret('api')]]);
  symlinkSync(outside, join(folder, 'out'));
  expect(await runMain(folder, 'import --out out a.yaml')).toMatchObject({ status: 2 });
  expect(existsSync(join(outside, 'rem-secrets.yaml'))).toBe(false);
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
