import { doctor } from './commands/doctor.ts';
import { params } from './commands/params.ts';

/** What asks AWS or a cluster: it alone has clients of them, and is loaded only for these commands. */
export const keeper: {
  readonly doctor: typeof doctor;
  readonly params: typeof params;
} = { doctor, params };
