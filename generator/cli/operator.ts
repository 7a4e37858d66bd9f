import { capacity } from './commands/capacity.ts';
import { iam } from './commands/iam.ts';
import { iamFiles } from './iam/iam-files.ts';

/** All that is worked out for operations: the programs load it only when it is asked for. */
export const operator: {
  readonly capacity: typeof capacity;
  readonly iam: typeof iam;
  readonly iamFiles: typeof iamFiles;
} = { capacity, iam, iamFiles };
