import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { faultySpec, itemsOf, listOf, shopSpec, written } from '../../krm/calls.ts';
import { store, web } from '../../lint/shop.ts';
import { specOf } from '../../spec-text.ts';
import { checkFunction, inFolder } from './commands.ts';
import { hold } from './hold.ts';
import { written as laidOut, layout, mutated } from './mutate.ts';

const lint =
  'apiVersion: rem-secrets.io/v1alpha1\nkind: RemSecretsLint\nmetadata: { name: lint }\n';

const items = await itemsOf(listOf(shopSpec));

const whole = [specOf(shopSpec), specOf(faultySpec), lint].map(config => ({
  apiVersion: 'config.kubernetes.io/v1',
  kind: 'ResourceList',
  items: [load(web), load(store), ...items],
  functionConfig: load(config),
  results: [{ message: 'a', severity: 'error', tags: { id: 'a' } }],
}));

test('whatever comes in, a ResourceList goes out', async () =>
  await hold(
    'input',
    60,
    [
      mutated(whole),
      layout,
      fc.constantFrom<BufferEncoding>('utf8', 'utf8', 'utf8', 'latin1', 'utf16le'),
    ],
    async (list, how, encoding) => {
      const input = Buffer.from(laidOut(how, [list]), encoding);
      const ran = await inFolder([], folder => checkFunction(folder, input));
      expect(written(ran)).toMatchObject({ kind: 'ResourceList', items: expect.any(Array) });
      if (ran.status === 2) expect(written(ran).items).toEqual([]);
      if (ran.status !== 0) expect(written(ran).results?.length).toBeGreaterThan(0);
    },
  ));
