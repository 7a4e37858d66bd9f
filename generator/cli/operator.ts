import { doctor } from './commands/doctor.ts';
import { iam } from './commands/iam.ts';
import { iamFiles } from './iam/iam-files.ts';

/** All that is worked out for operations: the programs load it only when it is asked for. */
export const operator: {
  readonly doctor: typeof doctor;
  readonly iam: typeof iam;
  readonly iamFiles: typeof iamFiles;
} = { doctor, iam, iamFiles };
