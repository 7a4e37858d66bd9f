import { expect, test } from 'vitest';
import { cnpgCluster, fluxKustomization } from '../manifests.ts';
import { casesIn, expectOfCommits } from './cases.ts';
import { changed } from './repository.ts';

test.for(casesIn('one-cause.yaml'))('%s', ([, one]) => expectOfCommits(one));

test('of very many places some are listed, and how many more there are', async () => {
  const many = Array.from({ length: 40 }, (_, index) => cnpgCluster(`c${index}`)).join('---\n');
  const before = { 'flux/db.yaml': fluxKustomization('db'), 'apps/db/a.yaml': many };
  const { stdout } = await changed(before, { 'flux/db.yaml': undefined }, '--format', 'json');
  const [{ related }] = JSON.parse(stdout).risks;
  expect(related).toHaveLength(30);
  expect(related.at(-1).note).toMatch(/; and so it is with \d+ more$/);
});
