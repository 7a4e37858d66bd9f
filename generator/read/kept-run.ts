import type { Host, Run } from '../ground/host.ts';
import { onceFor } from '../ground/once-per.ts';

/**
 * What a program printed before of the same input, or what it prints now. `secret`: in what is printed
 * where there may be a Secret; that is for this run alone.
 */
export function keptRun(
  kept: ReturnType<Host['kept']>,
  begin: () => () => Run,
  secret: RegExp,
): () => Run {
  if (kept === undefined) return begin();
  return kept.begun(() => {
    const { text } = kept;
    if (text !== undefined) return () => ({ status: 0, stdout: text, stderr: '' });
    const finish = begin();
    return onceFor(() => {
      const run = finish();
      if (run.status === 0 && !secret.test(run.stdout)) kept.keep(run.stdout);
      return run;
    });
  });
}
