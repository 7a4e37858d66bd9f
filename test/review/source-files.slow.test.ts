import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { expectStdout, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { repositoryOf } from './repository.ts';

test.for(casesIn('source-files.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('a .sourceignore that is a link out of the repository may leave out anything', async () => {
  const folder = repositoryOf({
    'flux/web.yaml': fluxKustomization('web'),
    'apps/web/web.yaml': configMap('web'),
  });
  symlinkSync('/etc/hostname', join(folder, '.sourceignore'));
  expectStdout(await runMain(folder, 'diff'), 2, 'the pattern "[a link]"');
});
