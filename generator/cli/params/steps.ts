import type { Host } from '../../ground/host.ts';

/** Is told how many more entries are done. */
export type Done = (count: number) => void;

/** Characters of the bar. */
const WIDTH = 20;

/** Shows people at a terminal how far a long run is with so many entries. */
export function stepsOf(total: number, what: string, host: Host): Done {
  let at = 0;
  return count => {
    at = Math.min(total, at + count);
    const filled = total === 0 ? WIDTH : Math.floor((at / total) * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    host.progress(`[${bar}] ${at} of ${total} entries ${what}`);
  };
}
