import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { until } from './cluster.ts';
import { applySet, prepare, refusals } from './deploy.ts';
import { limits } from './limits.ts';
import { additions, observe, secretsOf } from './observe.ts';
import { record } from './observed.ts';
import { disagreements, predictedSecrets, predictedServices } from './predict.ts';
import { together } from './sets.ts';
import { versions } from './versions.ts';

const sets = together();
const named = sets.map(set => [set.name, set] as const);

beforeAll(async () => {
  await Promise.all(sets.map(prepare));
});

test.for(named)('%s: a server-side dry run accepts every object', async ([, set]) => {
  expect(await refusals(set.objects)).toEqual([]);
});

test.for(named)('%s: so does the API server', async ([, set]) => {
  await applySet(set);
});

test.for(named)('%s: the Secrets are those that were predicted', async ([name, set]) => {
  const predicted = predictedSecrets(set);
  const known = limits[name] ?? [];
  const settled = async (): Promise<true | undefined> => {
    const found = disagreements(predicted, await secretsOf(set));
    return isDeepStrictEqual(found, known) ? true : undefined;
  };
  await until(`${name} is as predicted`, settled, 30).catch(() => undefined); // What differs is said below.
  const observed = await observe(set);
  record(name, observed);
  expect(disagreements(predicted, observed.secrets)).toEqual(known);
  expect(Object.keys(observed.services)).toEqual(predictedServices(set));
});

test('the versions are written down', async () => {
  record('versions', await versions());
});

test('what admission and defaulting add is written down', async () => {
  record('additions', await additions(sets));
});
