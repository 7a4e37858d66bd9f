import { start } from '#start';
import type { Take } from '../../start/tune.ts';
import { type Progress, progressOn } from './progress.ts';
import { hasLines } from './seen.ts';
import { tellShown } from './streams.ts';

/** What one run has once, from wherever it looks at the machine. */
export interface Once {
  /** Is told what is read. */
  readonly take: Take;
  readonly progress: Progress;
}

/** For a run that begins. */
export function once(): Once {
  const progress = progressOn({
    isSeen: () => (process.env['CI'] ?? '') === '' && hasLines('stderr'),
    write: tellShown,
    elapsed: () => process.uptime() * 1000,
  });
  return { take: start.tunedByLength(), progress };
}
