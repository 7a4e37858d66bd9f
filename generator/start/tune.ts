import { createRequire } from 'node:module';

/** A flag of V8 that has it optimize later: its value for a long run, and V8's own. */
interface OptimizeLater {
  readonly flag: string;
  readonly long: number;
  readonly usual: number;
}

/**
 * V8 optimizes what runs often, gives new objects the more room the more there are, and clears that
 * room with several threads. At its own settings all three cost a run over thousands of objects more
 * than they bring: the first a fifth of the time of a diff and a sixth of a lint, the others a tenth
 * of either, as the room then is larger than a processor's cache (`npm run bench`). The flags go by
 * the version of Node; one that is not known keeps V8's settings, as V8 complains about a flag that
 * it has not. Node 24 optimizes as late by itself.
 */
const OPTIMIZE_LATER: ReadonlyMap<string, OptimizeLater> = new Map([
  ['20', { flag: 'interrupt-budget', long: 1_500_000, usual: 67_584 }],
  ['22', { flag: 'invocation-count-for-turbofan', long: 10_000, usual: 3000 }],
  ['24', { flag: 'invocation-count-for-turbofan', long: 10_000, usual: 10_000 }],
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
    if (before <= LARGE && taken > LARGE) tune(true);
    return input;
  };
}

let isTuned = false;

/** V8 takes compiled code only under the flags that it was compiled under. */
export function underUsualFlags<T>(compile: () => T): T {
  if (!isTuned) return compile();
  tune(false);
  try {
    return compile();
  } finally {
    tune(true);
  }
}

/** node:v8 is loaded when asked for: a short run is over sooner. */
function tune(isLong: boolean): void {
  const later = OPTIMIZE_LATER.get(process.versions.node.split('.')[0] ?? '');
  if (later === undefined) return;
  const v8: typeof import('node:v8') = createRequire(import.meta.filename)('node:v8');
  v8.setFlagsFromString(`--${later.flag}=${isLong ? later.long : later.usual}`);
  v8.setFlagsFromString(`--semi-space-growth-factor=${isLong ? 1 : 2}`);
  v8.setFlagsFromString(isLong ? '--no-parallel-scavenge' : '--parallel-scavenge');
  isTuned = isLong;
}
