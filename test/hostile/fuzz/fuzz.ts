import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../machine.ts';

/*
 * `npm run fuzz`: the fuzz tests for FUZZ_SECONDS in all (60), or FUZZ_RUNS each, on a seed of the
 * moment or FUZZ_SEED.
 */
const WORKERS = 2;
const folder = join(root, 'test/hostile/fuzz');
const tests = readdirSync(folder).filter(file => file.endsWith('.test.ts'));
const { FUZZ_SEED = String(Date.now() % 2 ** 31), FUZZ_SECONDS = '60', FUZZ_RUNS } = process.env;
process.stdout.write(`FUZZ_SEED=${FUZZ_SEED}\n`);
const env = { ...process.env, FUZZ_SEED };
const bounds =
  FUZZ_RUNS === undefined
    ? { FUZZ_SECONDS: String((Number(FUZZ_SECONDS) * WORKERS) / tests.length) }
    : { FUZZ_RUNS };
const { status } = spawnSync('npx', ['vitest', 'run', '--testTimeout=0', folder], {
  cwd: root,
  stdio: 'inherit',
  env: { ...env, ...bounds },
});
process.exitCode = status ?? 1;
