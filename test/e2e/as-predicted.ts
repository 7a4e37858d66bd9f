import { expect } from 'vitest';
import { until } from './cluster.ts';
import { observe } from './observe.ts';
import { type Observed, record } from './observed.ts';
import { disagreements, predictedSecrets, predictedServices } from './predict.ts';
import { known, type ManifestSet } from './sets.ts';

/** Waits until a set's Secrets and Services are those that were predicted; writes down what is seen. */
export async function recordAsPredicted(set: ManifestSet): Promise<void> {
  const settled = async (): Promise<true> => {
    expectPredicted(set, await observe(set));
    return true;
  };
  await until(`${set.name} is as predicted`, settled).catch(() => undefined); // Said below.
  const observed = await observe(set);
  record(set.name, observed);
  expectPredicted(set, observed);
}

function expectPredicted(set: ManifestSet, { secrets, services }: Observed): void {
  expect(disagreements(predictedSecrets(set), secrets)).toEqual(known.limits[set.name] ?? []);
  expect(Object.keys(services)).toEqual(predictedServices(set));
}
