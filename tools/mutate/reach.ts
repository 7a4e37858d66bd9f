import { writeFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';

/** Runs before each file of tests: says which mutants it reaches, where `mutate.ts` asks. */
const { REM_MUTANT, REM_REACHED } = process.env;
const on = Number(REM_MUTANT ?? -1);
const reached = new Set<number>();

Object.assign(globalThis, {
  remMutant: (id: number): boolean => {
    reached.add(id);
    return id === on;
  },
});

if (REM_REACHED !== undefined)
  afterAll(() => {
    const { testPath = '' } = expect.getState();
    const name = testPath.replaceAll(/\W/g, '_');
    writeFileSync(`${REM_REACHED}/${name}.json`, JSON.stringify({ testPath, ids: [...reached] }));
  });
