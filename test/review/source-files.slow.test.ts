import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { expectStdout, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { commit, repositoryOf, write } from './repository.ts';

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

test('what takes the place of a link that leads out is not compared, though nobody applies it', async () => {
  const folder = repositoryOf({ 'web/web.yaml': configMap('web') });
  const below = join(folder, 'web/below');
  symlinkSync('/etc', below);
  commit(folder, {});
  rmSync(below);
  write(folder, 'web/below/other.yaml', configMap('other'));
  expectStdout(await runMain(folder, 'diff'), 2, 'not read: web/below (base side): skipped');
});
