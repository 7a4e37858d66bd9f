import { beforeAll, expect, test } from 'vitest';
import { until } from './cluster.ts';
import { applySet, prepare, refusals } from './deploy.ts';
import { additions, observe, record, secretsOf } from './observe.ts';
import { disagreements, predictedSecrets, predictedServices } from './predict.ts';
import { together } from './sets.ts';

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

test.for(named)('%s: the Secrets are those that were predicted', async ([, set]) => {
  const predicted = predictedSecrets(set);
  const differences = async (): Promise<string[]> => disagreements(predicted, await secretsOf(set));
  await until(
    set.name,
    async () => ((await differences()).length === 0 ? true : undefined),
    30,
  ).catch(() => undefined);
  const observed = await observe(set);
  record(set.name, observed);
  expect(disagreements(predicted, observed.secrets)).toEqual([]);
  expect(Object.keys(observed.services)).toEqual(predictedServices(set));
});

test('what admission and defaulting add is written down', async () => {
  record('additions', await additions(sets));
});
