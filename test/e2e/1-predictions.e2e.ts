import { beforeAll, expect, test } from 'vitest';
import { recordAsPredicted } from './as-predicted.ts';
import { applySet, prepare, refusals } from './deploy.ts';
import { additions } from './observe.ts';
import { record } from './observed.ts';
import { golden, known, together } from './sets.ts';
import { versions } from './versions.ts';

const sets = together();
const named = sets.map(set => [set.name, set] as const);

const onlyJudged = Object.keys(known.judged).map(golden);

beforeAll(async () => {
  await Promise.all([...sets, ...onlyJudged].map(prepare));
});

test.for([...named, ...onlyJudged.map(set => [set.name, set] as const)])(
  '%s: a server-side dry run accepts every object',
  async ([, set]) => {
    expect(await refusals(set.objects)).toEqual([]);
  },
);

test.for(named)('%s: so does the API server', async ([, set]) => {
  await applySet(set);
});

test.for(named)('%s: Secrets and Services are those that were predicted', async ([, set]) => {
  await recordAsPredicted(set);
});

test('the versions are written down', async () => {
  record('versions', await versions());
});

test('what admission and defaulting add is written down', async () => {
  record('additions', await additions(sets));
});
