import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';

const spec = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  stores:
    aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } }
  databases:
    db:
      database: shop
      owner: shop
      storage: 20Gi
      instances: 3
  secrets:
    keys:
      store: aws
      keys: { stripe: payments/stripe, mail: mail/key }
  workloads:
    web:
      image: example/web:1
      env: { STRIPE: { secret: keys, key: stripe } }
  environments:
    dev: {}
    prod:
      databases:
        db: { storage: 50Gi }
`;

/** The line of the spec that each risk points at, by rule and environments. */
async function linesAfter(change: (text: string) => string): Promise<string[]> {
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test', ...args], {
      cwd: folder,
    });
  };
  git('init', '-q');
  await runMain(folder, 'expand');
  git('add', '.');
  git('commit', '-qm', 'base');
  const file = join(folder, 'rem-secrets.yaml');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const { risks } = JSON.parse((await runMain(folder, '--format json diff')).stdout);
  const texts = { base: spec, head: readFileSync(file, 'utf8') };
  return (risks as Risk[])
    .filter(({ file: place }) => place.endsWith('rem-secrets.yaml'))
    .map(({ rule, environments, side, line }) => {
      const text = texts[side].split('\n')[line - 1]?.trim();
      return `${rule} (${environments.join(', ')}): ${text}`;
    });
}

interface Risk {
  readonly rule: string;
  readonly environments: readonly string[];
  readonly side: 'base' | 'head';
  readonly file: string;
  readonly line: number;
}

test('the field that changes, in the base for all environments without one of their own', async () =>
  expect(await linesAfter(text => text.replace('storage: 20Gi', 'storage: 10Gi'))).toEqual([
    'storage-shrunk (dev): storage: 10Gi',
  ]));

test('the field that changes, in an environment', async () =>
  expect(await linesAfter(text => text.replace('50Gi', '30Gi'))).toEqual([
    'storage-shrunk (prod): db: { storage: 30Gi }',
  ]));

test('of several fields of an entry each risk points at its own', async () =>
  expect(
    await linesAfter(text => text.replace('instances: 3', 'instances: 1').replace('20Gi', '10Gi')),
  ).toEqual(['storage-shrunk (dev): storage: 10Gi', 'single-instance (dev, prod): instances: 1']));

test('what is gone points at the entry that lost it', async () =>
  expect(await linesAfter(text => text.replace(/\n {6}instances: 3/, ''))).toEqual([
    'single-instance (dev, prod): db:',
  ]));

test('what goes with an environment is at its line of base, or at its entry there', async () =>
  expect(await linesAfter(text => text.slice(0, text.indexOf('    prod:')))).toEqual([
    'namespace-removed (prod): prod:',
  ]));
