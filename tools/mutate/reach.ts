import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, type RunnerTestCase, TestRunner } from 'vitest';

/*
 * Runs before each file of tests. Each test runs as it is, which shows what mutants it reaches; then again with each
 * of these that `mutate.ts` wants to know of, until one test fails. What is reached outside of tests, as by
 * `beforeAll`, does not run again: `mutate.ts` starts a process for it, in which a mutant is on from the beginning.
 */

const { REM_MUTANT, REM_REACHED, REM_WANTED } = process.env;

/** In milliseconds of the processor, for all tests that a mutant survives. */
const LONGEST_OF_MUTANT = 20_000;

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Trial {
  on: number;
  /** When the mutant that is on has to have ended. */
  end: number;
  readonly wanted: ReadonlySet<number>;
  readonly died: Set<number>;
  /** By mutant, in milliseconds. */
  readonly spent: Map<number, number>;
}

/** One for all files of tests that the process runs. */
const shared = globalThis as { remTrial?: Trial };
shared.remTrial ??= {
  on: Number(REM_MUTANT ?? -1),
  end: Number.POSITIVE_INFINITY,
  wanted: new Set(REM_WANTED === undefined ? [] : JSON.parse(readFileSync(REM_WANTED, 'utf8'))),
  died: new Set(),
  spent: new Map(),
};
const trial = shared.remTrial;
const outside = new Set<number>();
const inTests = new Set<number>();
let reached = outside;
let calls = 0;

Object.assign(globalThis, {
  remMutant: (id: number): boolean => {
    reached.add(id);
    calls += 1;
    if (calls % 1000 === 0 && Date.now() > trial.end) throw new Error('the mutant does not end');
    return id === trial.on;
  },
});

if (trial.wanted.size > 0) Object.assign(TestRunner.prototype, { runTask });

/** How Vitest runs a test, where its runner has a function of this name. */
async function runTask(this: TestRunner, test: RunnerTestCase): Promise<void> {
  const begin = Date.now();
  const hit = new Set<number>();
  reached = hit;
  try {
    await TestRunner.getTestFn(test)();
  } finally {
    reached = outside;
    for (const id of hit) inTests.add(id);
  }
  const limit = 2000 + 20 * (Date.now() - begin);
  for (const id of hit) {
    if (!trial.wanted.has(id) || trial.died.has(id)) continue;
    const spent = trial.spent.get(id) ?? 0;
    if (spent > LONGEST_OF_MUTANT) continue;
    const from = processorTime();
    if (await isNoticed(this, test, { id, limit })) trial.died.add(id);
    trial.spent.set(id, spent + processorTime() - from);
  }
}

/** Whether a test fails with a mutant on, or does not end in a time. */
async function isNoticed(
  runner: TestRunner,
  test: RunnerTestCase,
  { id, limit }: { readonly id: number; readonly limit: number },
): Promise<boolean> {
  runner.onBeforeTryTask(test);
  reached = new Set();
  Object.assign(trial, { on: id, end: Date.now() + limit });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the mutant does not end')), limit);
  });
  try {
    await Promise.race([TestRunner.getTestFn(test)(), late]);
    runner.onAfterTryTask(test);
    return false;
  } catch {
    return true;
  } finally {
    clearTimeout(timer);
    Object.assign(trial, { on: -1, end: Number.POSITIVE_INFINITY });
    reached = outside;
  }
}

if (REM_REACHED !== undefined)
  afterAll(() => {
    const { testPath = '' } = expect.getState();
    const name = testPath.replaceAll(/\W/g, '_');
    const ids = [...new Set([...outside, ...inTests])];
    const [died, late] = [
      [...trial.died],
      [...trial.spent].filter(([, ms]) => ms > LONGEST_OF_MUTANT),
    ];
    const text = { testPath, ids, outside: [...outside], died, late: late.map(([id]) => id) };
    writeFileSync(`${REM_REACHED}/${name}.json`, JSON.stringify(text));
  });
