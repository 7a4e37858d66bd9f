import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { until } from './cluster.ts';
import { brokenCases, manifestsOf, namespaceOf } from './doctor/broken-cases.ts';
import { later } from './doctor/deploy-cases.ts';
import type { ToldSecret } from './doctor/told.ts';
import { brokenLink, doctorOf, manifestFolder, ran, unwell } from './doctor/told.ts';
import { record } from './observed.ts';

/* Each stack is broken at one link, on the real control plane: doctor has to tell that one first. */

const names = Object.keys(brokenCases);
let told: readonly ToldSecret[] = [];

function secretOf(name: string): ToldSecret | undefined {
  const secret = brokenCases[name]?.secret ?? 'api';
  return told.find(one => one.namespace === namespaceOf(name) && one.name === secret);
}

function isTold(name: string): boolean {
  const secret = secretOf(name);
  const { link, words } = brokenCases[name] ?? {};
  const text = secret === undefined ? '' : brokenLink(secret);
  return text.startsWith(`${link}: `) && text.includes(String(words));
}

beforeAll(async () => {
  const folder = manifestFolder(
    Object.fromEntries(['well', ...names].map(name => [name, manifestsOf(name)])),
  );
  await Promise.all(
    Object.entries(brokenCases).map(([name, { later: what = '' }]) =>
      later[what]?.({ namespace: namespaceOf(name), name: 'api' }),
    ),
  );
  await until(
    'every broken link is told',
    async () => {
      told = (await doctorOf([folder])).secrets;
      return names.every(isTold);
    },
    90,
  ).catch(() => undefined); // Said below.
});

describe('the first broken link is', () => {
  test.for(names)('%s', name => {
    const secret = secretOf(name);
    expect(secret, 'it is expected at all').toBeDefined();
    const { link, words } = brokenCases[name] ?? {};
    const text = secret === undefined ? '' : brokenLink(secret);
    expect(text).toContain(`${link}: `);
    expect(text).toContain(words);
  });
});

test('nothing else is broken in these stacks, and nothing in the one that is well', () => {
  const stuck = new Set(
    names.flatMap(name => {
      const { secret = 'api', also = secret } = brokenCases[name] ?? {};
      return [secret, also].map(one => `${namespaceOf(name)}/${one}`);
    }),
  );
  const others = told.filter(({ namespace, name }) => !stuck.has(`${namespace}/${name}`));
  expect(unwell(others)).toEqual([]);
  expect(others.some(({ namespace }) => namespace === namespaceOf('well'))).toBe(true);
});

describe('AWS is asked too', () => {
  const folderOf = (name: string): string => manifestFolder({ [name]: manifestsOf(name) });

  test('what it has not is told by params check, and by doctor before External Secrets', async () => {
    const folder = folderOf('entry-missing');
    const checked = await ran(['params', 'check', folder]);
    expect(checked.stderr).toContain('[missing-entry]');
    expect(checked.status).toBe(1);
    const { status, secrets } = await doctorOf(['--aws', folder]);
    expect(secrets.map(brokenLink)).toEqual(['entry: AWS has no "/doctor-entry-missing/token"']);
    expect(status).toBe(1);
  });

  test('and what it has is well', async () => {
    const { status, secrets } = await doctorOf(['--aws', folderOf('well')]);
    expect(unwell(secrets)).toEqual([]);
    expect(status).toBe(0);
  });
});

test('without the right to see pods it is unknown whether they start, and said why', async () => {
  const kubeconfig = join(process.env['REM_E2E_RUN'] ?? '', 'external-secrets.kubeconfig');
  const folder = manifestFolder({ well: manifestsOf('well') });
  const { status, secrets } = await doctorOf(['--kubeconfig', kubeconfig, folder]);
  expect(unwell(secrets)).toEqual([
    expect.stringMatching(
      /^doctor-well\/api unknown pods: no Pod in namespace "doctor-well" was shown: pods is forbidden: User "system:serviceaccount:external-secrets:external-secrets"/,
    ),
  ]);
  expect(status).toBe(0);
});

test('what was told is written down', () => {
  const found = names.map(name => [name, secretOf(name)?.links.find(isBroken)?.link] as const);
  record('doctor', Object.fromEntries(found));
});

function isBroken({ state }: { readonly state: string }): boolean {
  return state === 'broken';
}
