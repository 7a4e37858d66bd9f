import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from '../../machine.ts';

/*
 * `npm run fuzz`: every property that a test holds, for FUZZ_SECONDS in all (60), or on FUZZ_SEEDS
 * seeds each; the first seed is of the moment, or FUZZ_SEED.
 */
const WORKERS = 2;
const properties = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts'))
  .map(file => join('test', file))
  .flatMap(file => [...readText(root, file).matchAll(/\bhold\(/g)].map(() => file));
const { FUZZ_SEED = String(Date.now() % 2 ** 31), FUZZ_SECONDS = '60', FUZZ_SEEDS } = process.env;
process.stdout.write(`FUZZ_SEED=${FUZZ_SEED}\n`);
const bounds =
  FUZZ_SEEDS === undefined
    ? { FUZZ_SECONDS: String((Number(FUZZ_SECONDS) * WORKERS) / properties.length) }
    : { FUZZ_SEEDS, FUZZ_SECONDS: '0' };
const flags = ['--testTimeout=0', `--maxWorkers=${WORKERS}`];
const { status } = spawnSync('npx', ['vitest', 'run', ...flags, ...new Set(properties)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FUZZ_SEED, ...bounds },
});
process.exitCode = status ?? 1;
