import { join } from 'node:path';
import { start } from '#start';
import { onceFor } from '../../ground/once-per.ts';
import type { Take } from '../../start/tune.ts';
import { type Ahead, aheadOf } from './ahead.ts';
import { type Progress, progressOn } from './progress.ts';
import { lastingFolder } from './scratch.ts';
import { hasLines, tellShown } from './streams.ts';

/** What one run has once, from wherever it looks at the machine. */
export interface Once {
  /** Is told what is read. */
  readonly take: Take;
  readonly progress: Progress;
  /** The programs that are started before they are asked for. */
  readonly ahead: Ahead;
  /** Where a new folder of it can be, which is gone at its end. */
  readonly room: () => string;
}

/** For a run that begins. */
export function once(): Once {
  const progress = progressOn({
    isSeen: () => (process.env['CI'] ?? '') === '' && hasLines('stderr'),
    write: tellShown,
    elapsed: () => process.uptime() * 1000,
  });
  const folder = onceFor(lastingFolder);
  let rooms = 0;
  const room = (): string => join(folder(), String(rooms++));
  return { take: start.tunedByLength(), progress, ahead: aheadOf(), room };
}
