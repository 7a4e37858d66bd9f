import fc from 'fast-check';

/**
 * What one fuzz test runs on. `make test` has a fixed seed and few runs; `npm run fuzz` gives each
 * test its seconds and a seed of the moment. FUZZ_SEED repeats a run, FUZZ_RUNS bounds it.
 */
const { FUZZ_SEED, FUZZ_RUNS, FUZZ_SECONDS } = process.env;

/** Lets a property be tried, and says how to see a failure again. */
export function hold<T extends [unknown, ...unknown[]]>(
  what: string,
  usualRuns: number,
  property: fc.IProperty<T>,
): void {
  const seed = Number(FUZZ_SEED ?? 1);
  const milliseconds = Number(FUZZ_SECONDS ?? 0) * 1000;
  const details = fc.check(property, {
    seed,
    numRuns: Number(FUZZ_RUNS ?? (milliseconds > 0 ? 1e9 : usualRuns)),
    ...(milliseconds > 0 && { interruptAfterTimeLimit: milliseconds }),
  });
  if (milliseconds > 0) process.stdout.write(`${what}: ${details.numRuns} runs of seed ${seed}\n`);
  if (details.failed)
    throw new Error(`FUZZ_SEED=${seed} shows it again\n${fc.defaultReportMessage(details)}`, {
      cause: details.errorInstance,
    });
}
