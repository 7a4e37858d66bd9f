import { createRequire } from 'node:module';

/**
 * V8 optimizes what runs often, gives new objects the more room the more there are, and clears that room with several
 * threads. In a run over thousands of objects all three cost more than they bring: the first a fifth of the time of a
 * diff and a sixth of a lint, the others a tenth of either, as the room gets larger than a processor's cache (`npm
 * run bench`). The flags depend on the version of Node: V8 complains about one that it does not have. Node 24
 * optimizes as late by itself.
 */
const OPTIMIZE_LATER = new Map([
  ['20', { flag: 'interrupt-budget', long: 1_500_000, usual: 67_584 }],
  ['22', { flag: 'invocation-count-for-turbofan', long: 10_000, usual: 3000 }],
  ['24', { flag: 'invocation-count-for-turbofan', long: 10_000, usual: 10_000 }],
]);

/** What launchers give Node for `diff` and `lint`, in MB: otherwise V8 collects all garbage when 20 MB are kept. With any flag Node compiles its own modules anew, so others do without. */
export const HEAP = '--initial-heap-size=64';

/** What launchers do, as Node 20 reads certificates at every start and few commands ask servers: 20 ms and more. */
export const CERTIFICATES =
  'case " $* " in *" doctor "* | *" params "*) ;; *) unset NODE_EXTRA_CA_CERTS ;; esac';

/** In bytes: how much of specs and manifests makes a run a long one. */
const LARGE = 20_000;

/** Sees all that a run reads, and returns it. */
export type OnRead = <T extends Uint8Array | string>(input: T) => T;

/** Sets V8 up for a long run when a run has read much, in one file or many. */
export function tunedByLength(): OnRead {
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

/** Loads node:v8 only here: a short run does without it. */
function tune(isLong: boolean): void {
  const later = OPTIMIZE_LATER.get(process.versions.node.split('.')[0] ?? '');
  if (later === undefined) return;
  const v8: typeof import('node:v8') = createRequire(import.meta.filename)('node:v8');
  v8.setFlagsFromString(`--${later.flag}=${isLong ? later.long : later.usual}`);
  v8.setFlagsFromString(`--semi-space-growth-factor=${isLong ? 1 : 2}`);
  v8.setFlagsFromString(isLong ? '--no-parallel-scavenge' : '--parallel-scavenge');
  isTuned = isLong;
}
