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

/** In bytes: how much of specs and manifests makes a run a long one. */
const LARGE = 200_000;

/** Is told what a run reads, and hands it on. */
export type Take = <T extends Uint8Array | string>(input: T) => T;

/** Has V8 work for one long run from the moment when a run has read much, in one file or many. */
export function tunedByLength(): Take {
  let taken = 0;
  return input => {
    const before = taken;
    taken += input.length;
    if (before <= LARGE && taken > LARGE) tuneForLongRun();
    return input;
  };
}

/** node:v8 is loaded when asked for: a short run is over sooner. */
function tuneForLongRun(): void {
  const later = OPTIMIZE_LATER.get(process.versions.node.split('.')[0] ?? '');
  if (later === undefined) return;
  const v8: typeof import('node:v8') = createRequire(import.meta.filename)('node:v8');
  expectLongRun();
  v8.setFlagsFromString(`${later} --semi-space-growth-factor=1 --no-parallel-scavenge`);
}
