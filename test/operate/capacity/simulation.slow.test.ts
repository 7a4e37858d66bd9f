import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runMain } from '../../machine.ts';
import { dataOf, storeOf } from '../aws-manifests.ts';
import { plot } from './plot.ts';
import { simulate } from './simulate.ts';

const DAY = 86_400;
const KEYS = 4;
const LATENCY = 0.025;

interface Forecast {
  readonly rate: number;
  readonly peak: number;
  readonly sweep: number;
  readonly fastest: number;
}

/** One ClusterExternalSecret stands for as many ExternalSecrets as it selects namespaces. */
async function forecast(objects: number, interval: number, workers: number): Promise<Forecast> {
  const keys = Array.from({ length: KEYS }, (_, index) => `/k${index}`);
  const namespaces = Array.from({ length: objects }, (_, index) => `n${index}`);
  const manifests = `${storeOf('service: ParameterStore, region: us-east-1')}---
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: { name: api }
spec:
  namespaces: [${namespaces.join(', ')}]
  externalSecretSpec:
    refreshInterval: ${interval}s
    secretStoreRef: { kind: ClusterSecretStore, name: aws }
    ${dataOf(keys)}
`;
  const args = ['--format', 'json', 'capacity', '-', '--concurrent', String(workers)];
  const { clusters } = JSON.parse((await runMain(root, args, manifests)).stdout);
  const [{ homes, controller }] = clusters;
  return {
    rate: homes[0].limits[0].needed,
    peak: homes[0].peakPerSecond,
    sweep: controller.sweepSeconds,
    fastest: controller.fastestCallsPerSecond,
  };
}

/** Every object is worked on for a while, and comes due an interval after that. */
function callsOfDay({ rate, fastest }: Forecast, interval: number): number {
  return DAY * Math.min(fastest, (rate * interval) / (interval + KEYS * LATENCY));
}

test.for([
  [10, 3600, 1],
  [100, 900, 1],
  [1_000, 60, 1],
  [1_000, 900, 4],
  [10_000, 3600, 1],
  [10_000, 900, 50],
  [100_000, 3600, 50],
] as const)(
  '%i objects every %i s with %i workers: a day is as the formula says',
  async ([objects, interval, workers]) => {
    const expected = await forecast(objects, interval, workers);
    const day = simulate([{ objects, interval, calls: KEYS }], {
      workers,
      latency: LATENCY,
      until: DAY,
    });
    // What began before midnight counts, so that up to a sweep of it is too much.
    const rest = Math.min(objects * KEYS, expected.fastest * interval);
    expect(Math.abs(day.calls - callsOfDay(expected, interval))).toBeLessThanOrEqual(rest * 1.01);
    expect(day.swept).toBeCloseTo(expected.sweep, 0);
    expect(day.peak).toBeGreaterThanOrEqual(Math.floor(expected.peak));
    expect(day.peak).toBeLessThanOrEqual(expected.peak + workers * KEYS);
  },
);

test('objects of several intervals add up', () => {
  const loads = [
    { objects: 50, interval: 60, calls: 4 },
    { objects: 200, interval: 3600, calls: 10 },
  ];
  const { calls } = simulate(loads, { workers: 2, latency: LATENCY, until: DAY });
  const rate = loads.reduce((sum, load) => sum + (load.objects * load.calls) / load.interval, 0);
  expect(calls / DAY / rate).toBeGreaterThan(0.98);
  expect(calls / DAY / rate).toBeLessThan(1.02);
});

test('the plot of the docs', async () => {
  const series = [
    { name: 'every hour', interval: 3600, color: '#0969da' },
    { name: 'every 15 m', interval: 900, color: '#1a7f37' },
    { name: 'every minute', interval: 60, color: '#8250df' },
  ].map(({ name, interval, color }) => {
    const sizes = [10, 100, 1_000, 10_000, 100_000];
    return {
      name,
      color,
      line: sizes.map(size => [size, (size * KEYS) / interval] as const),
      dots: sizes.map(objects => {
        const options = { workers: 1, latency: LATENCY, until: DAY };
        return [
          objects,
          simulate([{ objects, interval, calls: KEYS }], options).calls / DAY,
        ] as const;
      }),
    };
  });
  const limits = [
    ['AWS, and one worker', 40],
    ['higher throughput', 10_000],
  ] as const;
  await expect(plot(series, limits)).toMatchFileSnapshot(join(root, 'docs/capacity.svg'));
});
