import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectsOf, root } from '../../machine.ts';
import { expandText } from '../../spec-text.ts';
import { callOf, checkCall, inFolder, specCalls } from './commands.ts';
import { hold } from './hold.ts';
import { layout, mutated, written } from './mutate.ts';

const texts: readonly string[] = readdirSync(join(root, 'test/golden')).map(name =>
  readFileSync(join(root, 'test/golden', name, 'rem-secrets.yaml'), 'utf8'),
);
const specs = texts.flatMap(text => objectsOf(text));

test('no spec breaks a command, whatever it holds and wherever', async () =>
  await hold(
    'specs',
    40,
    [mutated(specs), layout, callOf(specCalls), fc.constantFrom(...texts)],
    async (spec, how, call, base) => {
      const text = written(how, [spec]);
      const { value, faults } = expandText(text);
      expect(value === undefined).toBe(faults.length > 0);
      const files = [
        ['rem-secrets.yaml', text],
        ['base/rem-secrets.yaml', base],
      ] as const;
      await inFolder(files, folder => checkCall(folder, call));
    },
  ));
