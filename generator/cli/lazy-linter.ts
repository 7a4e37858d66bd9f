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
 * V8 optimizes what runs often, and gives new objects the more room the more there are. At its own
 * settings both cost a run over thousands of objects more than they bring: the first a fifth of the
 * time of a diff and a sixth of a lint, the second a tenth of either, as the room then is larger
 * than a processor's cache (`npm run bench`). The flags that say so go by the version of Node; one
 * that is not known keeps V8's settings, as V8 complains about a flag that it has not.
 */
const OPTIMIZE_LATER: ReadonlyMap<string, string> = new Map([
  ['20', '--interrupt-budget=400000'],
  ['22', '--invocation-count-for-turbofan=10000'],
  ['24', '--invocation-count-for-turbofan=10000'],
]);

function tuneForOneRun(): void {
  const later = OPTIMIZE_LATER.get(process.versions.node.split('.')[0] ?? '');
  if (later !== undefined) setFlagsFromString(`${later} --semi-space-growth-factor=1`);
}

function load(): typeof Linter {
  tuneForOneRun();
  const script = loadScript(join(import.meta.dirname, 'linter.cjs'));
  return (script as { readonly linter: typeof Linter }).linter;
}
