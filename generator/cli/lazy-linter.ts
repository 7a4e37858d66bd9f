import { join } from 'node:path';
import type { linter as Linter } from './linter.ts';
import { loadScript } from './load-script.ts';
import { tuneForLongRun } from './tune.ts';

/** Stands for `linter.ts` in the bundles, which have it as a script beside them. */
export const linter: typeof Linter = {
  diff: (...args) => load().diff(...args),
  lint: (...args) => load().lint(...args),
  lintList: (...args) => load().lintList(...args),
};

function load(): typeof Linter {
  tuneForLongRun();
  const script = loadScript(join(import.meta.dirname, 'linter.cjs'));
  return (script as { readonly linter: typeof Linter }).linter;
}
