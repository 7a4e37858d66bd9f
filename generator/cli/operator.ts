import { capacity } from './commands/capacity.ts';
import { iam } from './commands/iam.ts';
import { runbook } from './commands/runbook.ts';
import { versions } from './commands/versions.ts';
import { iamFiles } from './iam/iam-files.ts';
import { keptRunbooks, runbookFiles } from './runbooks.ts';

/** All that is worked out for operations: the programs load it only when it is asked for. */
export const operator: {
  readonly capacity: typeof capacity;
  readonly iam: typeof iam;
  readonly iamFiles: typeof iamFiles;
  readonly keptRunbooks: typeof keptRunbooks;
  readonly runbook: typeof runbook;
  readonly runbookFiles: typeof runbookFiles;
  readonly versions: typeof versions;
} = { capacity, iam, iamFiles, keptRunbooks, runbook, runbookFiles, versions };
