import { createRequire } from 'node:module';
import { expectLongRun } from './load-script.ts';

/**
 * V8 optimizes what runs often, gives new objects the more room the more there are, and clears that
 * room with several threads. At its own settings all three cost a run over thousands of objects more
 * than they bring: the first a fifth of the time of a diff and a sixth of a lint, the others a tenth
 * of either, as the room then is larger than a processor's cache (`npm run bench`). The flags go by
 * the version of Node; one that is not known keeps V8's settings, as V8 complains about a flag that
 * it has not.
 */
const OPTIMIZE_LATER: ReadonlyMap<string, string> = new Map([
  ['20', '--interrupt-budget=550000'],
  ['22', '--invocation-count-for-turbofan=10000'],
  ['24', '--invocation-count-for-turbofan=10000'],
]);

/** Has V8 work for one long run. node:v8 is loaded when asked for: a short one is over sooner. */
export function tuneForLongRun(): void {
  const later = OPTIMIZE_LATER.get(process.versions.node.split('.')[0] ?? '');
  if (later === undefined) return;
  const v8: typeof import('node:v8') = createRequire(import.meta.filename)('node:v8');
  expectLongRun();
  v8.setFlagsFromString(`${later} --semi-space-growth-factor=1 --no-parallel-scavenge`);
}
