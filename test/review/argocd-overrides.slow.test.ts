import { expect, test } from 'vitest';
import { exits, type Ran } from '../machine.ts';
import { changed, type Files } from './repository.ts';

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

const spec = (path: string): string =>
  `{ project: default, source: { repoURL: https://git.example/shop.git, path: ${path} }, destination: { server: https://kubernetes.default.svc, namespace: shop } }`;

const FILES: Files = {
  'argo/web.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec: ${spec('apps/web')}
`,
  'argo/set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: set, namespace: argocd }
spec:
  generators: [{ list: { elements: [{ name: one }] } }]
  template: { metadata: { name: '{{name}}' }, spec: ${spec("'apps/{{name}}'")} }
`,
  'apps/web/kustomization.yaml': 'resources: [web.yaml]\n',
  'apps/web/web.yaml': config('web'),
  'apps/one/one.yaml': config('one'),
  'apps/one/two.yaml': config('two'),
};

const added = (files: Files, before: Files = FILES): Promise<Ran> => changed(before, files);

const patch = (name: string, value: string): string =>
  `kustomize:\n  patches:\n    - { target: { kind: ConfigMap }, patch: '[{"op": "add", "path": "/data", "value": {"${name}": "${value}"}}]' }\n`;

test.for([
  ['.argocd-source.yaml', '.argocd-source.yaml'],
  ['.argocd-source-web.yaml', '.argocd-source-web.yaml'],
] as const)('%s is laid over an Application', async ([, file]) => {
  const { stdout } = exits(0, await added({ [`apps/web/${file}`]: patch('color', 'red') }));
  expect(stdout).toContain('~ ConfigMap shop/web (apps/web)\n    + data\n');
});

test('that of the Application comes last, and null takes a field away', async () => {
  const { stdout } = await added({
    'apps/web/.argocd-source.yaml': patch('color', 'red'),
    'apps/web/.argocd-source-web.yaml': 'kustomize: { patches: null }\n',
  });
  expect(stdout).toContain('no object changes');
});

test('it cannot name another folder', async () => {
  const { stdout } = await added({ 'apps/web/.argocd-source.yaml': 'path: apps/one\n' });
  expect(stdout).toContain('no object changes');
});

test('it is laid over the Applications of a set', async () => {
  const { stdout } = await added({
    'apps/one/.argocd-source-one.yaml': 'directory: { exclude: two.yaml }\n',
  });
  expect(stdout).toContain('- ConfigMap shop/two (apps/one)');
});

test.for([
  ['.argocd-source.yaml', 'kustomize: { version: v5.0.0 }\n'],
  ['.argocd-source.yaml', "kustomize: { images: ['*:2'] }\n"],
  ['.argocd-source.yaml', 'helm: { parameters: [{ name: a, value: b }] }\n'],
  ['.argocd-source.yaml', 'kustomize: [\n'],
  ['.argocd-source-argocd_web.yaml', 'kustomize: { namePrefix: a- }\n'],
])('what is not read of it is named: %s with %s', async ([name = '', text = '']) => {
  const file = `apps/web/${name}`;
  const isNew = exits(2, await added({ [file]: text }));
  expect(isNew.stdout).toContain(`not read: "${file}", which is laid over the Application "web"`);
  const changed = await added({ [file]: `${text}# changed\n` }, { ...FILES, [file]: text });
  expect(changed.status).toBe(2);
  expect(changed.stdout).toContain(`"${file}" changes`);
});

test('a file of a plain folder that says so is left out, be it in a comment', async () => {
  const { stdout } = await added({
    'apps/one/two.yaml': `# +argocd:skip-file-rendering\n${config('two')}`,
    'apps/web/web.yaml': `# +argocd:skip-file-rendering\n${config('web')}`,
  });
  expect(stdout).toContain('1 removed\n');
  expect(stdout).toContain('- ConfigMap shop/two (apps/one)');
});

test.for([
  [
    'plugin: { name: mine }',
    2,
    'what a plugin of Argo CD makes of "apps/web" for the Application "web"',
  ],
  ['kustomize: { ignoreMissingComponents: true, components: [../none, ../more] }', 0, '+ data'],
  ['kustomize: { components: [../none] }', 1, 'there is no ../none'],
  [
    'kustomize: { replicas: [{ name: web, count: "0" }] }',
    0,
    '~ spec.replicas\n      - 2\n      + 0',
  ],
] as const)('of a source %s is read: exit code %s', async ([field, exit, text]) => {
  const component = 'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\npatches:\n';
  const files = {
    ...FILES,
    'apps/web/kustomization.yaml':
      'resources: [web.yaml, run.yaml]\nimages: [{ name: web, newTag: "1" }]\n',
    'apps/web/run.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 2, template: { spec: { containers: [{ name: web, image: web }] } } }\n',
    'apps/more/kustomization.yaml': `${component}  - { target: { kind: ConfigMap }, patch: '[{"op": "add", "path": "/data", "value": { "color": "red" }}]' }\n`,
  };
  const { status, stdout } = await added(
    { 'argo/web.yaml': (FILES['argo/web.yaml'] ?? '').replace('path: apps/web', `$&, ${field}`) },
    files,
  );
  expect(stdout).toContain(text);
  expect(status).toBe(exit);
});

test('sources that count come in place of a source, and a hydrator in place of both', async () => {
  const web = FILES['argo/web.yaml'] ?? '';
  const other = 'sources: [{ repoURL: https://git.example/shop.git, path: apps/one }], source: {';
  const both = await added({ 'argo/web.yaml': web.replace('source: {', other) });
  expect(both.stdout).toContain('- ConfigMap shop/web (apps/web)');
  const alike = await added({ 'argo/web.yaml': web.replace(/source: (\{.*?\})/, 'sources: [$1]') });
  expect(alike.stdout).toContain('no risks; 1 changed\n');
  const dry =
    'sourceHydrator: { syncSource: { targetBranch: env, path: web }, drySource: { targetRevision: HEAD, $1 } }';
  const hydrated = await added({ 'argo/web.yaml': web.replace(/source: \{(.*?)\}/, dry) });
  expect(hydrated.stdout).toContain('nothing blocks: 1 high; 1 changed\n');
});
