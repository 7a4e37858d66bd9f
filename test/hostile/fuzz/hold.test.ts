import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readText, root } from '../../machine.ts';
import { hold } from './hold.ts';

test('no test draws by chance: every property is held, from a seed that is said', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && file !== 'hostile/fuzz/hold.ts')
    .filter(file =>
      /\bfc\.(assert|check|sample)\(|Math\.random\(/.test(readText(root, 'test', file)),
    );
  expect(files).toEqual([]);
});

test('a failure says the seed that shows it again', async () =>
  await expect(hold('a wrong property', 1, [fc.nat()], number => number < 0)).rejects.toThrow(
    /^FUZZ_SEED=\d+ npx vitest run test\/hostile\/fuzz\/hold\.test\.ts shows it again\n/,
  ));
