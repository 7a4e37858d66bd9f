import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStdout, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';
import { changed, type Files, repositoryOf } from './repository.ts';

const source = (...fields: readonly string[]): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec:
  interval: 1m
  url: https://git.example/shop.git
${fields.map(field => `  ${field}\n`).join('')}`;

const FLUX: Files = {
  'flux/source.yaml': source(),
  'flux/web.yaml': fluxKustomization('web'),
  'flux/list.yaml': fluxKustomization('list'),
  'apps/web/web.yaml': configMap('web'),
  'apps/web/more.yaml': configMap('more'),
  'apps/list/kustomization.yaml': 'resources: [list.yaml]\n',
  'apps/list/list.yaml': configMap('list'),
};

test.for([
  ['.sourceignore', { '.sourceignore': '/apps/web/more.yaml\n' }],
  ['a .sourceignore of the folder', { 'apps/web/.sourceignore': 'more.*\n' }],
  ['spec.ignore', { 'flux/source.yaml': source('ignore: more.yaml') }],
] as const)('what %s leaves out is not applied', async ([, change]) => {
  expectStdout(await changed(FLUX, change), 0, '- ConfigMap shop/more (apps/web); deleted by Flux');
  const back = await changed(
    { ...FLUX, ...change },
    { '.sourceignore': '\n', 'apps/web/.sourceignore': '\n', 'flux/source.yaml': source() },
  );
  expect(back.stdout).toContain('+ ConfigMap shop/more (apps/web)');
});

test('a kustomization that names a file which is left out is not built', async () => {
  const { stdout } = exits(2, await changed(FLUX, { '.sourceignore': 'list.yaml\n' }));
  expect(stdout).toContain('leaves out apps/list/list.yaml');
});

test('a folder that is left out is not there', async () => {
  const { stdout } = exits(1, await changed(FLUX, { '.sourceignore': '/apps/*\n!/apps/list\n' }));
  expect(stdout).toContain('there is no folder "apps/web"');
  expect(stdout).not.toContain('ConfigMap');
});

test('folders that are not checked out are not there', async () => {
  const { status, stdout } = await changed(FLUX, {
    'flux/source.yaml': source('sparseCheckout: [apps/list, flux]'),
  });
  expect(status).toBe(1);
  expect(stdout).toContain('there is no folder "apps/web"');
});

test.for([
  [{ '.sourceignore': 'mor[e].yaml\n' }, 'the pattern "mor[e].yaml"'],
  [{ 'flux/source.yaml': source('ignore: mor[e].yaml') }, 'spec.ignore: the pattern "mor[e].yaml"'],
  [
    { 'flux/source.yaml': source('sparseCheckout: [./apps]') },
    'spec.sparseCheckout: only "./apps"',
  ],
  [
    { 'flux/source.yaml': source('include: [{ repository: { name: other }, toPath: apps/web }]') },
    'spec.include: "apps/web" is copied of "other/"',
  ],
] as const)('what is not known of a source is not read: %j', async ([change, reason]) => {
  expectStdout(await changed(FLUX, change), 2, reason);
  expect((await runMain(repositoryOf({ ...FLUX, ...change }), 'lint .')).stdout).toContain(
    `not read: ${reason}`,
  );
});

test('Argo CD has all files', async () => {
  const files: Files = {
    'argo/web.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec: { source: { repoURL: https://git.example/shop.git, path: apps/web }, destination: {} }
`,
    'apps/web/web.yaml': configMap('web'),
  };
  const { status, stdout } = await changed(files, { '.sourceignore': 'web.yaml\n' });
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('no object changes'),
  });
});

test('each cluster has its own source of a name', async () => {
  const cluster = (name: string, ignore: string): Files => ({
    [`clusters/${name}/flux.yaml`]: `${source(`ignore: ${ignore}`)}---\n${fluxKustomization('web')}  targetNamespace: ${name}\n`,
  });
  const files = {
    ...cluster('east', 'more.yaml'),
    ...cluster('west', 'none.yaml'),
    'apps/web/web.yaml': configMap('web'),
    'apps/web/more.yaml': configMap('more'),
  };
  const { stdout } = exits(0, await changed(files, cluster('west', 'web.yaml')));
  expect(stdout).toContain('- ConfigMap west/web');
  expect(stdout).not.toContain('/more');
});

test('what kustomize makes of a source counts', async () => {
  const patchTo = (ignore: string): string =>
    `[{"op": "add", "path": "/spec/ignore", "value": "${ignore}"}]`;
  const patch = 'patches: [{ target: { kind: GitRepository }, path: patch.yaml }]\n';
  const files = {
    ...FLUX,
    'flux/kustomization.yaml': `resources: [source.yaml, web.yaml, list.yaml]\n${patch}`,
    'flux/patch.yaml': patchTo('none.yaml'),
  };
  const { stdout } = await changed(files, { 'flux/patch.yaml': patchTo('more.yaml') });
  expect(stdout).toContain('- ConfigMap shop/more (apps/web)');
});

test('a .sourceignore that is a link out of the repository may leave out anything', async () => {
  const folder = repositoryOf(FLUX);
  symlinkSync('/etc/hostname', join(folder, '.sourceignore'));
  expectStdout(await runMain(folder, 'diff'), 2, 'the pattern "[a link]"');
});

test.for([
  ['*.yaml working-tree-encoding=ISO-8859-15', '.gitattributes', 2],
  ['[attr]odd text working-tree-encoding=ASCII//TRANSLIT', '.gitattributes', 2],
  ['web/*.yaml text working-tree-encoding=latin1 # no comment', 'apps/.gitattributes', 2],
  ['*.ps1 working-tree-encoding=UTF-16LE\n* working-tree-encoding=utf8', '.gitattributes', 0],
  ['# *.yaml working-tree-encoding=UTF-16', '.gitattributes', 0],
] as const)('what git checks out in another encoding is unread: %s', async ([text, file, exit]) => {
  const { stdout } = exits(exit, await changed(FLUX, { [file]: `${text}\n` }));
  expect(stdout.includes('by a checkout of git, as .gitattributes says')).toBe(exit === 2);
});
