import { expect, test } from 'vitest';
import { exits, runMain } from '../machine.ts';
import { cnpgCluster } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { repositoryOf, write } from './repository.ts';

test.for(casesIn('acknowledgements.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('the file in the working tree counts, or another that is named and has to be there', async () => {
  const folder = repositoryOf({ 'db.yaml': cnpgCluster('db') });
  write(folder, 'db.yaml', '# nothing left\n');
  const known = '{ rule: cluster-removed, object: Cluster/db, reason: it moved }';
  write(folder, 'known.yaml', `acknowledge: [${known}]\n`);
  expect((await runMain(folder, 'diff --acknowledgements known.yaml')).status).toBe(0);
  expect((await runMain(folder, 'diff')).status).toBe(1);
  write(folder, '.rem-secrets-review.yaml', `acknowledge: [${known}]\n`);
  expect((await runMain(folder, 'diff')).status).toBe(0);
  const { stdout } = exits(1, await runMain(folder, 'diff --acknowledgements absent.yaml'));
  expect(stdout).toContain('error: there is no file absent.yaml');
});
