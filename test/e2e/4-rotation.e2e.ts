import { describe, expect, test } from 'vitest';
import { apply, find, remove, until } from './cluster.ts';
import type { SecretRef } from './live.ts';
import { externalSecret, forceSync, readiness, setRefresh, setValues, valuesOf } from './live.ts';
import { put } from './moto.ts';
import { password } from './seeds.ts';
import { cluster } from './sets.ts';

const at = (namespace: string, name: string): SecretRef => ({ namespace, name });

/** Whether a key has a value; the value itself is not shown by a failing test. */
async function holds(secret: SecretRef, key: string, value: string): Promise<boolean> {
  return (await valuesOf(secret))[key] === value;
}

const seconds = (count: number): Promise<void> =>
  new Promise(done => setTimeout(done, count * 1000));

describe('a parameter changes', () => {
  const keys = at('rem-api', 'rem-llm-api-keys');
  const parameter = {
    service: 'ParameterStore',
    region: 'us-east-1',
    key: '/rem/llm/openai-api-key',
  } as const;

  test('within an hour nothing happens by itself; a force-sync brings it at once', async () => {
    const value = password();
    await put(parameter, value);
    await seconds(3);
    expect(await holds(keys, 'openai-api-key', value)).toBe(false);
    await forceSync(keys);
    await until('the Secret has it', () => holds(keys, 'openai-api-key', value));
  });

  test('with a refreshInterval of 3 s the Secret follows within it', async () => {
    const secret = at('remote-keys', 'payment');
    await setRefresh(secret, '3s');
    const value = password();
    await put({ ...parameter, region: 'eu-central-1', key: '/shop/payment/api-key' }, value);
    await until('the Secret has it', () => holds(secret, 'api-key', value));
  });
});

describe("a database's password changes", () => {
  test('the URL made of it follows within its refreshInterval', async () => {
    const target = at('connection-url', 'shop-db-url');
    await setRefresh(target, '3s');
    const value = password();
    await setValues(at('connection-url', 'shop-db-app'), { password: value });
    await until('the URL has it', async () => {
      const { DATABASE_URL = '' } = await valuesOf(target);
      return decodeURIComponent(new URL(DATABASE_URL).password) === value;
    });
  });

  test('merged into the Secret of CNPG it changes that key and no other', async () => {
    const secret = at('merge-into-cnpg-secret', 'shop-db-app');
    const { password: _before, ...others } = await valuesOf(secret);
    const value = password();
    const place = { service: 'SecretsManager', region: 'eu-central-1', key: 'shop/db' } as const;
    await put(place, JSON.stringify({ password: value }));
    await forceSync(secret);
    await until('the Secret has it', () => holds(secret, 'password', value));
    const { password: _after, ...left } = await valuesOf(secret);
    expect(left).toEqual(others);
  });
});

describe('what was generated once', () => {
  const secret = at('rem-api', 'rem-jwt-secret');

  test('stays as it is, also after a force-sync', async () => {
    const before = await valuesOf(secret);
    await forceSync(secret);
    await seconds(3);
    expect((await valuesOf(secret))['jwt-secret'] === before['jwt-secret']).toBe(true);
  });

  test('stays when its ExternalSecret goes: nothing owns it', async () => {
    await remove(externalSecret(at('generated-once', 'session')));
    await seconds(3);
    expect(Object.keys(await valuesOf(at('generated-once', 'session')))).toEqual(['password']);
  });
});

test('an ExternalSecret that comes back to its immutable Secret keeps the value, and is not ready', async () => {
  const secret = at('rem-api', 'phoenix-secrets');
  const object = cluster('rem-shared').objects.find(
    ({ kind, metadata }) => kind === 'ExternalSecret' && metadata.name === secret.name,
  );
  if (object === undefined) throw new Error('dev generates no phoenix-secrets');
  const before = await valuesOf(secret);
  await remove(externalSecret(secret));
  await until('it is gone', async () => (await find(externalSecret(secret))) === undefined);
  await apply(object);
  await until('it says so', async () => {
    const ready = await readiness(externalSecret(secret));
    return ready?.message?.includes('target is immutable');
  });
  const after = await valuesOf(secret);
  expect(Object.keys(before).filter(key => before[key] !== after[key])).toEqual([]);
});

test('a Secret that its ExternalSecret owns goes with it', async () => {
  const secret = at('secrets-manager', 'oauth');
  await remove(externalSecret(secret));
  await until('the Secret is gone', async () => {
    const left = await find({ apiVersion: 'v1', kind: 'Secret', ...secret });
    return left === undefined;
  });
});
