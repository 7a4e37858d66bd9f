import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { expectStdout, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { commit, git, repositoryOf, write } from './repository.ts';

test.for(casesIn('source-files.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('a .sourceignore that is a link out of the repository may leave out anything', async () => {
  const folder = repositoryOf({
    'flux/web.yaml': fluxKustomization('web'),
    'apps/web/web.yaml': configMap('web'),
  });
  symlinkSync('/etc/hostname', join(folder, '.sourceignore'));
  expectStdout(await runMain(folder, 'diff'), 2, 'the pattern "[a link]"');
});

test('Flux packs no links: what becomes one is deleted', async () => {
  const folder = repositoryOf({
    'flux/web.yaml': fluxKustomization('web'),
    'apps/web/web.yaml': configMap('web'),
    'apps/web/below/other.yaml': configMap('other'),
    'copies/other.yaml': configMap('other'),
    'copies/web.yaml': configMap('web'),
  });
  const web = join(folder, 'apps/web');
  for (const name of ['web.yaml', 'below']) rmSync(join(web, name), { recursive: true });
  symlinkSync('../../copies/web.yaml', join(web, 'web.yaml'));
  symlinkSync('../../copies', join(web, 'below'));
  const ran = await runMain(folder, 'diff');
  expectStdout(ran, 0, '- ConfigMap shop/web (apps/web); deleted by Flux');
  expectStdout(ran, 0, '- ConfigMap shop/other (apps/web); deleted by Flux');
});

test('nor has it a file, a base or a folder that a kustomization of it names through a link', async () => {
  const files = {
    'flux/web.yaml': fluxKustomization('web'),
    'apps/web/kustomization.yaml': 'resources: [web.yaml, ../base]',
    'apps/web/web.yaml': configMap('web'),
    'apps/base/kustomization.yaml': 'resources: [other.yaml]',
    'apps/base/other.yaml': configMap('other'),
  };
  for (const name of ['web/web.yaml', 'base', 'web']) {
    const folder = repositoryOf(files);
    renameSync(join(folder, 'apps', name), join(folder, 'moved'));
    symlinkSync(name === 'web/web.yaml' ? '../../moved' : '../moved', join(folder, 'apps', name));
    const said = `it cannot be built: Flux, which packs no links, leaves out apps/${name}\n`;
    expectStdout(await runMain(folder, 'diff'), 2, said);
  }
});

test('a new submodule of which a generator makes an Application is not read', async () => {
  const template = `{ metadata: { name: '{{.path.basename}}' }, spec: { project: default, source: { repoURL: https://git.example/a, path: '{{.path.path}}' }, destination: { namespace: shop } } }`;
  const folder = repositoryOf({
    'apps/web/web.yaml': configMap('web'),
    'argo/set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  goTemplate: true
  generators: [{ git: { repoURL: https://git.example/a, directories: [{ path: apps/* }] } }]
  template: ${template}
`,
  });
  const commit = git(folder, 'rev-parse', 'HEAD').trim();
  git(folder, 'update-index', '--add', '--cacheinfo', `160000,${commit},apps/other`);
  git(folder, 'commit', '--quiet', '--message', 'change');
  const ran = await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  expectStdout(ran, 2, 'not read: apps/other (head side): skipped: it is a submodule');
});

test('a link into a submodule that leads to another file is not read', async () => {
  const folder = repositoryOf({
    'argo/app.yaml': configMap('app'),
    'web/web.yaml': configMap('web'),
  });
  const commit = git(folder, 'rev-parse', 'HEAD').trim();
  git(folder, 'update-index', '--add', '--cacheinfo', `160000,${commit},other`);
  for (const name of ['a', 'b']) {
    rmSync(join(folder, 'web/link.yaml'), { force: true });
    symlinkSync(`../other/${name}.yaml`, join(folder, 'web/link.yaml'));
    git(folder, 'add', 'web');
    git(folder, 'commit', '--quiet', '--message', name);
  }
  const ran = await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  expectStdout(ran, 2, 'web/link.yaml:1:1: warning: skipped: it leads into the submodule other');
});

test('what takes the place of a link that leads out is not compared, though nobody applies it', async () => {
  const folder = repositoryOf({ 'web/web.yaml': configMap('web') });
  const below = join(folder, 'web/below');
  symlinkSync('/etc', below);
  commit(folder, {});
  rmSync(below);
  write(folder, 'web/below/other.yaml', configMap('other'));
  expectStdout(await runMain(folder, 'diff'), 2, 'not read: web/below (base side): skipped');
});
