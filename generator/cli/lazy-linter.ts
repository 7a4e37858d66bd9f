import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { linter as Linter } from './linter.ts';
import { loadScript } from './load-script.ts';

/** Stands for `linter.ts` in the bundles, which have it as a script beside them. */
export const linter: typeof Linter = {
  diff: (...args) => load().diff(...args),
  lint: (...args) => load().lint(...args),
  lintList: (...args) => load().lintList(...args),
};

/**
 * V8 optimizes what runs often. At its own budget that costs a run over thousands of objects more
 * than it brings: a fifth of the time of a diff, a sixth of a lint (`npm run bench`). Versions of
 * Node that are not known keep theirs, as V8 complains about a flag that it has not.
 */
function optimizeLater(): void {
  const [major = ''] = process.versions.node.split('.');
  if (['20', '22', '24'].includes(major)) setFlagsFromString('--interrupt-budget=400000');
}

function load(): typeof Linter {
  optimizeLater();
  const script = loadScript(join(import.meta.dirname, 'linter.cjs'));
  return (script as { readonly linter: typeof Linter }).linter;
}
