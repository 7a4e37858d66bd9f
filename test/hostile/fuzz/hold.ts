import { relative } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { root } from '../../machine.ts';

/**
 * Where a property begins. `make test` tries the first seed alone, so that what passes once passes
 * always; `npm run fuzz` goes on to the next ones from a seed of the moment.
 */
const { FUZZ_SEED = '1', FUZZ_SEEDS = '1', FUZZ_SECONDS = '0' } = process.env;

/** Lets a property be tried, so many times for a seed, and says how to see a failure again. */
export async function hold<T extends [unknown, ...unknown[]]>(
  what: string,
  runs: number,
  arbitraries: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => unknown,
): Promise<void> {
  const isHeld = async (...values: T): Promise<boolean> => (await check(...values)) !== false;
  const property = fc.asyncProperty<T>(...arbitraries, isHeld);
  const [first, least] = [Number(FUZZ_SEED), Number(FUZZ_SEEDS)];
  const end = Date.now() + Number(FUZZ_SECONDS) * 1000;
  let seed = first;
  for (; seed < first + least || Date.now() < end; seed += 1) await tryOn(seed, runs, property);
  if (seed > first + 1) process.stdout.write(`${what}: ${seed - first} seeds from ${first}\n`);
}

async function tryOn<T extends [unknown, ...unknown[]]>(
  seed: number,
  numRuns: number,
  property: fc.IAsyncProperty<T>,
): Promise<void> {
  const details = await fc.check(property, { seed, numRuns });
  if (!details.failed) return;
  const file = relative(root, expect.getState().testPath ?? '');
  throw new Error(
    `FUZZ_SEED=${seed} npx vitest run ${file} shows it again\n${fc.defaultReportMessage(details)}`,
    { cause: details.errorInstance },
  );
}
