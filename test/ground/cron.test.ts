import { expect, test } from 'vitest';
import { runsPerMonth } from '../../generator/core/units.ts';

test.for([
  ['0 3 * * *', 30],
  ['0 * * * *', 720],
  ['*/15 * * * *', 2880],
  ['0 */6 * * *', 120],
  ['0 8-20/4 * * *', 120],
  ['0 2 * * SUN', 30 / 7],
  ['0 2 1,15 * *', 2],
  ['0 2 1 1 *', 1 / 12],
  ['0 0 0 * * *', 30],
  ['@daily', 30],
  ['CRON_TZ=Europe/Berlin 30 1 * * *', 30],
  ['0 2 * * MON-FRI', undefined],
  ['often', undefined],
  ['', undefined],
] as const)('%s comes due %s times a month', ([schedule, runs]) => {
  const found = runsPerMonth(schedule);
  expect(found === undefined ? found : Math.round(found * 1000)).toBe(
    runs === undefined ? runs : Math.round(runs * 1000),
  );
});
