import { expect, test } from 'vitest';
import { until } from './cluster.ts';
import { brokenCases } from './doctor/broken-cases.ts';
import { deployCase, writtenLater } from './doctor/deploy-cases.ts';
import { doctorOf, manifestFolder, ran, unwell } from './doctor/told.ts';
import { seed } from './seeds.ts';
import { golden, known, together } from './sets.ts';

/* Before anything is changed, doctor finds nothing; then what it is to find is broken, for the last file. */

const merged = { namespace: 'merge-into-cnpg-secret', name: 'shop-db-app' };
const sets = together().filter(({ name }) => !(name in known.limits || name === merged.namespace));

/** Nothing runs of the OpenTelemetry operator, and no node is one that a DaemonSet takes. */
const PODLESS = [
  'rem-api/rem-phoenix-api-key unknown pods: OpenTelemetryCollector "otel-collector" has no pod',
  'rem-staging/rem-phoenix-api-key unknown pods: OpenTelemetryCollector "otel-collector" has no pod',
  'workload-kinds/api unknown pods: DaemonSet "agent" has no pod: no node is one that it takes',
];

test('what is merged later than its pods have started is told', async () => {
  const { objects, graph } = golden(merged.namespace);
  const folder = manifestFolder({ merged: objects });
  // Before there is a Secret to merge into, if ESO was faster than CNPG, that is told.
  expect(unwell((await doctorOf([folder])).secrets).join()).toMatch(
    /^$|before there was a Secret|before the Secret was last written/,
  );
  await writtenLater(merged, () => seed(graph, 'shop'));
  await until('it is merged, and told what is to be restarted', async () => {
    const [told = ''] = unwell((await doctorOf([folder])).secrets);
    return told.includes('was started before the Secret was last written') ? told : undefined;
  });
});

test('of sets in which all is well doctor says nothing', async () => {
  const { status, secrets } = await doctorOf([
    manifestFolder(Object.fromEntries(sets.map(({ name, objects }) => [name, objects]))),
  ]);
  expect(unwell(secrets)).toEqual(PODLESS);
  expect(status).toBe(0);
  expect(secrets.length).toBeGreaterThan(40);
});

test.for([
  ['dev', 'rem-api'],
  ['staging', 'rem-staging'],
] as const)('nor of the environment %s', async ([environment, namespace]) => {
  const { status, secrets } = await doctorOf(['-e', environment]);
  expect(unwell(secrets)).toEqual(PODLESS.filter(text => text.startsWith(`${namespace}/`)));
  expect(status).toBe(0);
});

test.for(['dev', 'staging'])('status of %s: all that its spec says is so', async environment => {
  const { status, stdout } = await ran(['--format', 'json', 'status', '-e', environment]);
  const [{ secrets }] = JSON.parse(stdout).environments;
  const states = secrets.map((secret: { name: string; spec: string; state: string }) => [
    secret.name,
    secret.spec,
    secret.state,
  ]);
  expect(states.filter(([, spec]: string[]) => spec !== 'in sync')).toEqual([]);
  expect(states.filter(([, , state]: string[]) => state !== 'well')).toEqual([
    ['rem-phoenix-api-key', 'in sync', 'unknown'],
  ]);
  expect(status).toBe(0);
});

test.for(['dev', 'staging'])('AWS has every entry of %s, by params check', async environment => {
  const { stdout, stderr } = await ran(['params', 'check', '-e', environment]);
  expect(stdout).not.toMatch(/missing-entry|entry-type|unseen-entry/);
  expect(stderr).toMatch(/[1-9]\d* entries checked/);
});

test('stacks are broken, each at one link', async () => {
  await Promise.all(['well', ...Object.keys(brokenCases)].map(deployCase));
});
