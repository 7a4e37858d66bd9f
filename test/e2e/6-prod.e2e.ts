import { beforeAll, expect, test } from 'vitest';
import { recordAsPredicted } from './as-predicted.ts';
import { applySet, prepare, refusals, removeSets } from './deploy.ts';
import { cluster } from './sets.ts';

/* prod has a cluster of its own in the spec. Here it follows the shared one, in the same place. */

const prod = cluster('rem-prod');

beforeAll(async () => {
  await removeSets([cluster('rem-shared')]);
  await prepare(prod);
});

test('prod: a server-side dry run accepts every object, and so does the API server', async () => {
  expect(await refusals(prod.objects)).toEqual([]);
  await applySet(prod);
});

test('prod: Secrets and Services are those that were predicted', async () => {
  await recordAsPredicted(prod);
});

test('prod: it can be taken away again', async () => {
  await removeSets([prod]);
});
