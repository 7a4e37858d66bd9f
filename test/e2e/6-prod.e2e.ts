import { beforeAll, expect, test } from 'vitest';
import { until } from './cluster.ts';
import { applySet, prepare, refusals, removeSets } from './deploy.ts';
import { observe, secretsOf } from './observe.ts';
import { record } from './observed.ts';
import { disagreements, predictedSecrets, predictedServices } from './predict.ts';
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

test('prod: the Secrets are those that were predicted', async () => {
  const predicted = predictedSecrets(prod);
  await until('prod is as predicted', async () =>
    disagreements(predicted, await secretsOf(prod)).length === 0 ? true : undefined,
  ).catch(() => undefined); // What differs is said below.
  const observed = await observe(prod);
  record(prod.name, observed);
  expect(disagreements(predicted, observed.secrets)).toEqual([]);
  expect(Object.keys(observed.services)).toEqual(predictedServices(prod));
});

test('prod: it can be taken away again', async () => {
  await removeSets([prod]);
});
